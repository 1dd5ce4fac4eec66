// What the pages do with scripts on. Without them everything can still be read, searched and asked for.

import { contents } from "./contents.ts";
import { copying } from "./copying.ts";
import { keys } from "./keys.ts";
import { margin } from "./margin.ts";
import { readings } from "./readings.ts";
import { everything, watch } from "./typesetting.ts";

watch(document.documentElement);
addEventListener("beforeprint", everything);
margin();
contents();
copying();
keys();
readings();

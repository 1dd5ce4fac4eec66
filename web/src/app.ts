// What the pages do with scripts on. Without them everything can still be read, searched and asked for.

import { contents } from "./contents.ts";
import { mine } from "./library/mine.ts";
import { sync } from "./library/sync.ts";
import { keys } from "./lists/keys.ts";
import { papers } from "./lists/papers.ts";
import { margin } from "./margin.ts";
import { copying } from "./mathematics/copying.ts";
import { unfold } from "./mathematics/printing.ts";
import { everything, watch } from "./mathematics/typesetting.ts";
import { menus } from "./menus.ts";
import { pdfs } from "./pdf/links.ts";
import { readings } from "./readings/readings.ts";
import { facets } from "./search/facets.ts";
import { instant } from "./search/instant.ts";

watch(document.documentElement);
addEventListener("beforeprint", everything);
addEventListener("afterprint", unfold);
margin();
contents();
copying();
keys();
menus();
papers();
mine();
sync();
instant();
facets();
readings();
pdfs();

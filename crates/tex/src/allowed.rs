use std::{collections::HashSet, sync::LazyLock};

/// Whether a visitor's, a paper's or a model's formula may use a command.
pub(crate) fn command(name: &str) -> bool {
    static NAMES: LazyLock<HashSet<&str>> =
        LazyLock::new(|| COMMANDS.iter().flat_map(|row| row.split(' ')).collect());
    NAMES.contains(name) || matches!(name, " " | "\t" | "\n")
}

/// Whether a visitor's, a paper's or a model's formula may use an environment, starred or not.
pub(crate) fn environment(name: &str) -> bool {
    ENVIRONMENTS.contains(&name.strip_suffix('*').unwrap_or(name))
}

/// Whether a visitor's, a paper's or a model's formula may have a colour.
pub(crate) fn colour(name: &str) -> bool {
    COLOURS.iter().any(|row| row.split(' ').any(|known| known == name))
}

const ENVIRONMENTS: &[&str] = &[
    "equation",
    "align",
    "gather",
    "multline",
    "alignat",
    "flalign",
    "eqnarray",
    "split",
    "aligned",
    "alignedat",
    "gathered",
    "lgathered",
    "rgathered",
    "multlined",
    "array",
    "subarray",
    "matrix",
    "pmatrix",
    "bmatrix",
    "Bmatrix",
    "vmatrix",
    "Vmatrix",
    "smallmatrix",
    "psmallmatrix",
    "bsmallmatrix",
    "Bsmallmatrix",
    "vsmallmatrix",
    "Vsmallmatrix",
    "cases",
    "dcases",
    "rcases",
    "drcases",
];

/// Commands that draw something and do nothing else.
///
/// Left out on purpose: what links, loads, styles or names elements (`href`, `class`, `style`, …), what
/// defines (`newcommand`, `newcolumntype`, …), what changes the size of type, because that multiplies
/// when nested, coloured boxes, because what stands in one of its own colour cannot be seen, and whatever the page's
/// MathJax does not know.
const COMMANDS: &[&str] = &[
    // Single characters: spaces, escapes, delimiters, and the accents and brackets of text mode.
    "\\ , : ; ! > { } | & % $ # _ - / ( ) [ ] ' ` ^ \" ~ = . *",
    "space quad qquad enspace thinspace medspace thickspace negthinspace negmedspace negthickspace nobreakspace",
    "allowbreak nobreak newline cr hline hdashline hfill strut mathstrut xmathstrut",
    // Greek and other letters.
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigma tau upsilon phi chi",
    "psi omega varepsilon vartheta varpi varrho varsigma varphi digamma varkappa Gamma Delta Theta Lambda Xi Pi Sigma",
    "Upsilon Phi Psi Omega varGamma varDelta varTheta varLambda varXi varPi varSigma varUpsilon varPhi varPsi varOmega",
    "aleph beth gimel daleth hbar hslash imath jmath ell wp Re Im partial infty prime backprime emptyset varnothing",
    "nabla top bot angle sphericalangle measuredangle triangle triangledown backslash forall exists nexists neg lnot",
    "flat natural sharp clubsuit diamondsuit heartsuit spadesuit AA S yen circledR checkmark maltese complement mho eth",
    "Finv Game Bbbk circledS bigstar square Box blacksquare lozenge Diamond blacklozenge blacktriangle",
    "blacktriangledown diagup diagdown surd dagger ddagger TeX LaTeX",
    // Fonts.
    "rm mit oldstyle cal it bf sf tt frak Bbb mathrm mathup mathnormal mathbf mathit mathbb mathfrak mathscr mathsf",
    "mathtt mathcal mathbfit mathbfcal mathbfscr mathbffrak mathbfsf symbf symrm symit symbb symcal symscr symfrak symsf",
    "symtt boldsymbol bm pmb text textrm textup textnormal textit textbf textsf texttt emph mbox hbox",
    "displaystyle textstyle scriptstyle scriptscriptstyle nonscript cramped",
    // Functions and big operators.
    "arcsin arccos arctan arg cos cosh cot coth csc deg det dim exp gcd hom inf ker lg lim liminf limsup ln log max min",
    "Pr sec sin sinh sup tan tanh injlim projlim varliminf varlimsup varinjlim varprojlim operatorname limits nolimits",
    "coprod bigvee bigwedge biguplus bigcap bigcup bigtimes int intop iint iiint iiiint idotsint prod sum bigotimes",
    "bigoplus bigodot oint ointop oiint oiiint bigsqcup smallint bmod pmod mod pod adjustlimits sideset substack",
    "prescript mathop mathord mathopen mathclose mathbin mathrel mathpunct mathinner",
    // Binary operators and relations.
    "triangleleft triangleright bigtriangleup bigtriangledown wedge land vee lor cap cup sqcap sqcup uplus amalg diamond",
    "bullet wr div odot oslash otimes ominus oplus mp pm circ bigcirc setminus cdot ast times star propto sqsubseteq",
    "sqsupseteq parallel mid dashv vdash leq le geq ge lt gt succ prec approx succeq preceq supset subset supseteq",
    "subseteq in ni notin owns gg ll sim simeq perp equiv asymp smile frown ne neq cong doteq bowtie models not iff",
    "implies impliedby dotplus ltimes smallsetminus rtimes Cap doublecap leftthreetimes Cup doublecup rightthreetimes",
    "barwedge curlywedge veebar curlyvee doublebarwedge boxminus circleddash boxtimes circledast boxdot circledcirc",
    "boxplus centerdot divideontimes intercal leqq geqq leqslant geqslant eqslantless eqslantgtr lesssim gtrsim",
    "lessapprox gtrapprox approxeq lessdot gtrdot lll llless ggg gggtr lessgtr gtrless lesseqgtr gtreqless lesseqqgtr",
    "gtreqqless doteqdot Doteq eqcirc risingdotseq circeq fallingdotseq triangleq backsim thicksim backsimeq thickapprox",
    "subseteqq supseteqq Subset Supset sqsubset sqsupset preccurlyeq succcurlyeq curlyeqprec curlyeqsucc precsim succsim",
    "precapprox succapprox vartriangleleft lhd vartriangleright rhd trianglelefteq unlhd trianglerighteq unrhd vDash",
    "Vdash Vvdash smallsmile shortmid smallfrown shortparallel bumpeq between Bumpeq pitchfork varpropto backepsilon",
    "blacktriangleleft blacktriangleright therefore because eqsim vartriangle Join nless ngtr nleq ngeq nleqslant",
    "ngeqslant nleqq ngeqq lneq gneq lneqq gneqq lvertneqq gvertneqq lnsim gnsim lnapprox gnapprox nprec nsucc npreceq",
    "nsucceq precneqq succneqq precnsim succnsim precnapprox succnapprox nsim ncong nshortmid nshortparallel nmid",
    "nparallel nvdash nvDash nVdash nVDash ntriangleleft ntriangleright ntrianglelefteq ntrianglerighteq nsubseteq",
    "nsupseteq nsubseteqq nsupseteqq subsetneq supsetneq varsubsetneq varsupsetneq subsetneqq supsetneqq varsubsetneqq",
    "varsupsetneqq vcentercolon coloneqq Coloneqq coloneq Coloneq eqqcolon Eqqcolon eqcolon Eqcolon colonapprox",
    "Colonapprox colonsim Colonsim dblcolon",
    // Arrows.
    "leftarrow gets rightarrow to leftrightarrow Leftarrow Rightarrow Leftrightarrow mapsto uparrow downarrow",
    "updownarrow Uparrow Downarrow Updownarrow leftharpoonup leftharpoondown rightharpoonup rightharpoondown nearrow",
    "searrow nwarrow swarrow rightleftharpoons leftrightharpoons hookrightarrow hookleftarrow longleftarrow",
    "Longleftarrow longrightarrow Longrightarrow Longleftrightarrow longleftrightarrow longmapsto leftleftarrows",
    "rightrightarrows leftrightarrows rightleftarrows Lleftarrow Rrightarrow twoheadleftarrow twoheadrightarrow",
    "leftarrowtail rightarrowtail looparrowleft looparrowright curvearrowleft curvearrowright circlearrowleft",
    "circlearrowright Lsh Rsh upuparrows downdownarrows upharpoonleft upharpoonright downharpoonleft downharpoonright",
    "restriction multimap leftrightsquigarrow rightsquigarrow leadsto dashrightarrow dashleftarrow nleftarrow",
    "nrightarrow nLeftarrow nRightarrow nleftrightarrow nLeftrightarrow xrightarrow xleftarrow xleftrightarrow",
    "xLeftarrow xRightarrow xLeftrightarrow xhookleftarrow xhookrightarrow xmapsto xrightharpoonup xrightharpoondown",
    "xleftharpoonup xleftharpoondown xrightleftharpoons xleftrightharpoons",
    // Dots and punctuation.
    "ldots cdots vdots ddots iddots dots dotsc dotsb dotsm dotsi dotso ldotp cdotp colon",
    // Delimiters.
    "left right middle big Big bigg Bigg bigl Bigl biggl Biggl bigr Bigr biggr Biggr bigm Bigm biggm Biggm lmoustache",
    "rmoustache lgroup rgroup arrowvert Arrowvert bracevert Vert vert lvert rvert lVert rVert langle rangle lbrace",
    "rbrace lceil rceil lfloor rfloor lbrack rbrack lparen rparen ulcorner urcorner llcorner lrcorner bra ket braket",
    "Bra Ket Braket ketbra Ketbra set Set",
    // Over, under and around.
    "acute grave ddot dddot ddddot tilde bar breve check hat vec dot mathring widetilde widehat overline underline",
    "overbrace underbrace overbracket underbracket overparen underparen overrightarrow underrightarrow overleftarrow",
    "underleftarrow overleftrightarrow underleftrightarrow overset underset overunderset stackrel stackbin buildrel",
    "boxed fbox Aboxed cancel bcancel xcancel cancelto phantom vphantom hphantom smash llap rlap clap mathllap mathrlap",
    "mathclap vcenter",
    // Fractions, roots, tables.
    "frac dfrac tfrac cfrac genfrac binom dbinom tbinom over atop choose brack brace sqrt root of splitfrac splitdfrac",
    "begin end matrix pmatrix cases shoveleft shoveright intertext shortintertext MoveEqLeft",
    // Spaces with a length; the length is bounded.
    "hskip hspace kern mskip mspace mkern rule raise lower moveleft moveright",
    // Numbers of equations.
    "tag notag nonumber label ref eqref",
    // Colours, of which only some are allowed.
    "color textcolor",
    // Chemistry, which is checked as the TeX it is.
    "ce pu",
];

/// Colours of letters, by their names in CSS and in LaTeX's `dvipsnames`.
///
/// A reader must see whatever a visitor writes and a model answers, on the light paper and on the dark one, whichever
/// the writer saw. So there are no models of colour, whose values are unlimited, and of the names only those with a
/// contrast of 1.85 or more to both papers of `web/styles/tokens.css`: neither white or yellow nor black or navy.
const COLOURS: &[&str] = &[
    "red blue green orange purple violet magenta fuchsia teal gray grey brown olive crimson tomato coral chocolate",
    "firebrick orangered darkorange goldenrod darkgreen forestgreen seagreen limegreen royalblue steelblue dodgerblue",
    "slateblue blueviolet darkviolet darkorchid darkcyan deeppink hotpink",
    "Red BrickRed RedOrange OrangeRed Maroon Mahogany Bittersweet RawSienna Orange BurntOrange Peach Salmon Tan Green",
    "ForestGreen OliveGreen PineGreen SeaGreen JungleGreen Emerald LimeGreen Aquamarine BlueGreen TealBlue Turquoise",
    "Cyan ProcessBlue Cerulean CornflowerBlue NavyBlue RoyalBlue MidnightBlue CadetBlue Periwinkle BlueViolet Violet",
    "RoyalPurple Purple DarkOrchid Orchid Mulberry Plum Fuchsia RedViolet VioletRed RubineRed WildStrawberry Rhodamine",
    "Magenta CarnationPink Thistle Lavender Gray",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_names_each_command_once() {
        let names: Vec<_> = COMMANDS.iter().flat_map(|row| row.split(' ')).collect();
        let distinct: HashSet<_> = names.iter().collect();
        let twice: Vec<_> =
            names.iter().filter(|name| names.iter().filter(|other| other == name).count() > 1).collect();
        assert_eq!(names.len(), distinct.len(), "{twice:?}");
    }

    #[test]
    fn nothing_that_reaches_out_is_allowed() {
        for name in [
            "href",
            "url",
            "class",
            "cssId",
            "style",
            "data",
            "unicode",
            "U",
            "char",
            "bbox",
            "require",
            "html",
            "def",
            "let",
            "newcommand",
            "renewcommand",
            "newenvironment",
            "DeclareMathOperator",
            "mmlToken",
            "setoptions",
            "mathtoolsset",
            "newtagform",
            "newcolumntype",
            "action",
            "toggle",
            "texttip",
            "mathtip",
            "colorbox",
            "fcolorbox",
            "definecolor",
            "Rule",
            "Space",
            "Huge",
            "mathchoice",
            "verb",
            "includegraphics",
            "input",
            "write",
            "",
        ] {
            assert!(!command(name), "{name}");
        }
    }
}

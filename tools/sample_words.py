# SPDX-License-Identifier: Apache-2.0
"""The sample's grammar: what a sentence of a made-up taxonomic paper may say.

`<name>` expands to one of the alternatives of that name; `<3..9>` is a number, `<[3..9]>` a range
such as 4–7 within these bounds, `<[3..9 x]>` two ranges joined as length × width. Everything named
here, taxa, people, places, journals, is invented; no sentence is taken from anywhere.
"""

GRAMMAR = {
    # --- vocabulary -----------------------------------------------------------------------------
    "colour": ["pale ochre", "cinnamon brown", "greyish brown", "dull orange", "cream",
               "olivaceous", "lilac grey", "chestnut", "sordid white", "rusty brown",
               "dark vinaceous", "straw yellow", "nearly black", "hyaline"],
    "surface": ["smooth", "finely fibrillose", "glabrous", "velutinous", "scaly",
                "viscid when moist", "radially wrinkled", "farinose", "minutely warted",
                "striate to the middle"],
    "spore_shape": ["ellipsoid", "broadly ellipsoid", "subglobose", "fusiform", "amygdaliform",
                    "cylindrical", "lacrymoid", "allantoid", "ovoid", "naviculate",
                    "inequilateral in side view"],
    "wall": ["thin-walled", "thick-walled", "double-walled", "slightly thick-walled",
             "smooth-walled"],
    "septa": ["aseptate", "1-septate", "3-septate", "3–5-septate", "muriform", "2-celled"],
    "ornament": ["smooth", "verruculose", "finely echinulate", "reticulate", "with low ridges",
                 "longitudinally striate"],
    "iodine": ["inamyloid", "amyloid", "dextrinoid", "J–", "J+ blue", "cyanophilous"],
    "substrate": ["dead wood", "decorticated branches", "bark", "fallen leaves", "living leaves",
                  "buried roots", "a rotten log", "litter", "old cones", "damp soil",
                  "calcareous rock", "dung of goats"],
    "forest": ["montane forest", "a mixed plantation", "lowland rain forest", "a wet meadow",
               "gallery forest", "coastal scrub", "an old orchard", "alder carr",
               "dwarf shrub heath"],
    "month": ["January", "February", "March", "April", "May", "June", "July", "August", "September",
              "October", "November", "December"],
    "herbarium": ["VELM", "BRK", "TOS", "HLN", "MRA", "KUO", "ARDN", "FZS"],
    "journal": ["Ann. Mycol. Velm.", "Brenn. Bot. Bull.", "Sylvan Fungi", "Proc. Ardenian Soc.",
                "Cryptog. Letters", "Mem. Tosk. Herb.", "Acta Fungorum Halin.",
                "Notes Myc. Stat. Kuor"],
    "rank_note": ["sp. nov.", "comb. nov.", "stat. nov.", "nom. nov.", "gen. et sp. nov.",
                  "var. nov."],
    "country": ["VELMORIA", "ARDENIA", "TOSKARA", "HALIN", "KUORLAND", "MERAVA", "BRENNMARK"],

    # --- descriptions, an organ a sentence ------------------------------------------------------
    "agaric": [
        "Pileus <[15..80]> mm broad, convex to plane, <surface>, <colour>, <colour> towards the "
        "margin; margin <margin>.",
        "Lamellae <attachment>, <spacing>, <colour>, up to <3..9> mm deep; edge <edge>.",
        "Stipe <[20..90 x]> mm, cylindrical or slightly <tapered>, <surface>, <colour> above, "
        "<colour> at the base.",
        "Context thin, <colour>, unchanging when cut; odour <odour>, taste <odour>.",
        "Spore print <colour>.",
        "Basidiospores <[6..14 x]> µm, Q = 1.<2..9>, <spore_shape>, <wall>, <ornament>, <iodine>, "
        "<colour> in KOH.",
        "Basidia <[18..40 x]> µm, clavate, 4-spored, rarely 2-spored, with a basal clamp.",
        "Cheilocystidia <[25..70 x]> µm, abundant, <cystidium>, <wall>, <colour>.",
        "Pleurocystidia <absent>.",
        "Pileipellis: <pellis>, of <wall> hyphae <[3..12]> µm wide, with <colour> pigment; clamp "
        "connections <absent>."],
    "ascomycete": [
        "Ascomata scattered to gregarious, immersed to erumpent, globose, <[120..480]> µm diam., "
        "<colour>, <surface>.",
        "Ostiole central, papillate, <[20..60]> µm wide, lined with hyaline periphyses.",
        "Peridium <[12..48]> µm thick, of <2..8> layers of <wall> cells of textura angularis, "
        "<colour>.",
        "Paraphyses filiform, septate, <[1..4]> µm wide, <branched>, embedded in a gel, longer "
        "than the asci.",
        "Asci <[60..160 x]> µm, 8-spored, unitunicate, <ascus>, short-pedicellate, <iodine>.",
        "Ascospores <[9..32 x]> µm, uniseriate to biseriate, <spore_shape>, <septa>, <colour>, "
        "<ornament>, <wall>, guttulate.",
        "Asexual morph not observed.",
        "Conidiomata pycnidial, <[80..260]> µm diam., <colour>; conidia <[3..9 x]> µm, "
        "<spore_shape>, <septa>, hyaline."],
    "hyphomycete": [
        "Colonies effuse, <colour>, hairy; mycelium mostly immersed, of branched, septate, "
        "<colour> hyphae <[1..5]> µm wide.",
        "Conidiophores macronematous, solitary or fasciculate, erect, <branched>, <colour>, "
        "<[60..320 x]> µm.",
        "Conidiogenous cells polyblastic, terminal, sympodial, <[10..35 x]> µm, with <scars> "
        "scars.",
        "Conidia <[12..60 x]> µm, solitary, dry, <spore_shape>, <septa>, <colour>, <ornament>, "
        "<wall>, base truncate.",
        "Setae <absent>.",
        "Chlamydospores <absent>."],
    "lichen": [
        "Thallus crustose, <surface>, <colour>, up to <2..12> cm across; prothallus <absent>.",
        "Cortex <[8..30]> µm thick; medulla <colour>; photobiont chlorococcoid, cells <[5..16]> "
        "µm diam.",
        "Apothecia rounded, sessile, <[0..3]>.<2..9> mm diam.; disc plane, <colour>; margin thin, "
        "persistent, <colour>.",
        "Excipulum <[20..60]> µm broad, <colour>; hypothecium <colour>; hymenium <[50..140]> µm "
        "high, <colour>.",
        "Asci <[40..120 x]> µm, clavate, 8-spored; ascospores <[8..30 x]> µm, <spore_shape>, "
        "<septa>, <wall>.",
        "Pycnidia <absent>."],
    "margin": ["incurved at first", "slightly appendiculate", "translucently striate", "entire",
               "crenulate with age"],
    "attachment": ["adnate", "free", "adnexed", "decurrent with a short tooth", "emarginate"],
    "spacing": ["crowded", "subdistant", "close, with lamellulae of two lengths", "distant"],
    "edge": ["even", "fimbriate", "concolorous", "paler and eroded"],
    "tapered": ["tapering upwards", "swollen at the base", "flattened", "rooting"],
    "odour": ["indistinct", "farinaceous", "weakly of radish", "mild", "sweetish", "unpleasant"],
    "cystidium": ["lageniform", "clavate", "utriform with a long neck", "cylindrical, flexuous",
                  "lecythiform"],
    "pellis": ["cutis", "trichoderm", "hymeniderm", "ixocutis"],
    "absent": ["absent", "not seen", "scarce", "present at all septa", "abundant, <[12..50 x]> µm"],
    "branched": ["unbranched", "branched above", "sparsely branched", "anastomosing"],
    "ascus": ["cylindrical", "clavate", "obovoid", "fusiform with a thickened apex"],
    "scars": ["thickened", "inconspicuous", "protuberant, darkened"],
    "culture": ["Colonies on MEA reaching <[12..60]> mm in 14 days at <18..25> °C, <surface>, "
                "<colour>, reverse <colour>; aerial "
                "mycelium sparse; no sporulation after <4..12> weeks.",
                "Cultures on PDA slow-growing, <[8..30]> mm diam. after 3 weeks, <colour>, with a "
                "<colour> margin, odour <odour>."],
    "latin": ["A <g>. <s> <organ_la> <[9..32 x]> µm, <colour_la>, differt. Habitat in <plant>.",
              "Species haec ad <g>. <s> accedit, sed <organ_la> <colour_la>, <[5..20 x]> µm, "
              "statim recedit.",
              "Ascomata globosa, <colour_la>, <[100..400]> µm diam. Asci octospori. Sporae "
              "<[8..30 x]> µm, ellipsoideae, laeves.",
              "Pileus <[10..60]> mm latus, convexus, <colour_la>; lamellae adnatae; sporae "
              "<[5..14 x]> µm, leves."],
    "organ_la": ["sporis", "conidiis", "ascis latioribus", "pileo minore", "cystidiis", "hyphis"],
    "colour_la": ["brunneis", "hyalinis", "pallidis", "fuscis", "crassitunicatis", "levibus"],

    # --- prose, much of it in the words of descriptions -----------------------------------------
    "discussion": [
        "<G> <s> is close to <g>. <s>, but the latter has larger <organ> (<[12..40 x]> µm) and a "
        "<colour>, <surface> surface.",
        "The <wall>, <colour> <organ> are characteristic; those of <g>. <s> are <[5..12 x]> µm "
        "and <ornament>.",
        "According to <surname> (<1890..2010>) the <organ> are <[8..20]> µm wide, <septa> and "
        "<colour>.",
        "<G> <s> <author> differs by its <spore_shape>, <iodine> <organ> and by growing on "
        "<substrate>.",
        "We have not seen the type of <g>. <s>, which <surname> & <surname> (<1950..2010>) placed "
        "in synonymy.",
        "<organ_cap> <[8..30 x]> µm, <spore_shape>, <colour>, were given by <surname> "
        "(<1900..2005>) for material from <place>.",
        "No sequence could be obtained; the phylogenetic position of the genus therefore remains "
        "uncertain.",
        "This is the first record from <place>, some <100..900> km north of the localities known "
        "before.",
        "In the key of <surname> (<1960..2010>) our specimens lead to <g>. <s>, whose <organ> are "
        "<colour> and <wall>.",
        "The species is rare, or overlooked because of its small size and its hidden way of "
        "growing.",
        "Young specimens, with <colour> <organ> and a <surface> surface, may be taken for <g>. "
        "<s>.",
        "<organ_cap> were absent in all collections but one (<herbarium> <100..9999>)."],
    "intro": [
        "The genus <G> was erected by <surname> (<1820..1990>) for <1..9> species with <colour> "
        "<organ> on <substrate>.",
        "During a survey of the fungi of <place> from <1985..1999> to <2000..2010> some <40..900> "
        "specimens were collected.",
        "<surname> (<1920..1980>) treated <5..90> species, distinguished by the size of the "
        "<organ> and the host.",
        "Little is known of the group outside <place>, and most names rest upon single "
        "collections.",
        "The present paper continues a series (<surname> & <surname> <1990..2010>) and describes "
        "what is new to us.",
        "Generic limits were drawn anew by <surname> et al. (<1995..2010>), who stressed the "
        "<wall>, <iodine> <organ>."],
    "methods": [
        "Sections were cut by hand and mounted in water, 3% KOH, Melzer's reagent or lactophenol "
        "cotton blue.",
        "Of each collection <20..50> <organ> were measured; the values stand as (minimum–) mean "
        "range (–maximum).",
        "Colour codes follow <surname> (<1955..1990>). Terms for the shape of <organ> follow "
        "<surname> (<1960..2000>).",
        "Cultures were kept on malt agar at <15..25> °C in the dark and examined after <7..30> "
        "days.",
        "Herbarium abbreviations are those in general use; types are kept at <herbarium> and "
        "<herbarium>."],
    "habitat": [
        "On <substrate> of <plant>, in <forest>, <month>–<month>; known from <place> and <place>.",
        "Gregarious on <substrate> in <forest>, at <100..2800> m; rare.",
        "In small groups, among <plant>, on <substrate>. Distribution: <place>, <place>."],
    "specimen": [
        "<country>: <place>, near <place>, <forest>, alt. <50..2900> m, on <substrate>, <1..30> "
        "<month> <1950..2010>, "
        "<surname> <100..9999> (<herbarium>);",
        "<place>, on <plant>, <1..30>.<1..12>.<1950..2010>, leg. <surname> & <surname> "
        "(<herbarium> <1000..99999>);"],
    "specimen_head": ["Specimens examined", "Material studied", "Additional specimens examined",
                      "Collections examined"],
    "etymology": ["Etymology: <s>, from the Latin, for the <colour> <organ>.",
                  "Etymology. – Named for <surname>, who first collected the species at <place>.",
                  "Etymology: referring to <place>, where the type was found on <substrate>."],
    "acknowledgement": [
        "We thank the curators of <herbarium> and <herbarium> for loans, and <surname> for a "
        "critical reading.",
        "Field work in <place> was made possible by a grant of the <place> Foundation to the "
        "first author."],
    "abstract": [
        "<G> <s> and <G> <s> are described as new from <place>. They are set apart by <colour>, "
        "<septa> <organ>.",
        "<11..40> species of <G> are reported from <place>, <2..9> of them for the first time; a "
        "key is given.",
        "Types of <4..30> names in <G> were studied. <G> <s> is placed in synonymy with <g>. <s>."],

    # --- short forms ----------------------------------------------------------------------------
    "title": ["Studies in <G> <roman>. <G> <s> and its allies",
              "New and interesting <group> from <place>",
              "Notes on <group> of <place>, with a key to <G>", "<G> <s>, a new species on <plant>",
              "Type studies in the genus <G>", "A revision of <G> in <country>"],
    "roman": ["I", "II", "III", "IV", "VII"],
    "group": ["agarics", "ascomycetes", "hyphomycetes", "foliicolous lichens", "microfungi",
              "wood-inhabiting fungi"],
    "citation": ["<journal> <1..90>: <1..600>. <1830..2010>",
                 "<journal> <1..90>(<1..6>): <1..600>, <1830..2010>",
                 "in <surname>, <journal> <1..90>: <1..600>. <1880..2010>"],
    "author": ["<surname>", "<surname>", "<surname> & <surname>", "(<surname>) <surname>",
               "<surname> ex <surname>", "(<surname>: Fr.) <surname>"],
    "initials": ["A.", "B.K.", "C.", "D.M.", "E.", "F.J.", "H.", "J.L.", "K.", "M.A.", "P.", "R.T.",
                 "S.", "V.E.", "W."],
    "reference": [
        "<surname> <initials> <1880..2010>. <title>. <journal> <1..90>: <1..300>–<301..600>.",
        "<surname> <initials>, <surname> <initials> <1950..2010>. <title>. <journal> "
        "<1..90>(<1..6>): <1..300>–<301..600>.",
        "<surname> <initials> <1880..1990>. The <group> of <place>. <place>.",
        "<surname> <initials>, <surname> <initials>, <surname> <initials> <1970..2010>. <G> <s> "
        "<author> and the delimitation of "
        "<G> (<group>). <journal> <1..90>: <1..300>–<301..600>. doi: "
        "10.<1000..9999>/<1..90>.<100..999>"],
    "figure": [
        "Fig. <1..40>. <G> <s> (<herbarium> <100..9999>). a. Habit. b. <organ_cap>. c. "
        "<organ_cap>. Scale bars: a = 10 mm, b, c = 10 µm.",
        "Figs <1..9>–<10..19>. <G> <s>. <organ_cap> and <organ>. Bar = <10..50> µm.",
        "Plate <1..9>. <G> <s> <author>. Habit, <organ> and <organ>, from the holotype."],
    "couplet": [
        "<organ_cap> longer than <8..30> µm, <spore_shape>, <colour>|<organ_cap> up to <8..30> µm "
        "long, <spore_shape>",
        "Surface <colour>, <surface>|Surface <surface>, <colour>; on <substrate>",
        "<organ_cap> <septa>, <wall>|<organ_cap> <septa>, <ornament>",
        "On <substrate>; <organ> <colour>|On other substrates; <organ> <iodine>"],
}

# The organs that a paper on such fungi speaks of outside its descriptions.
ORGANS = {
    "agaric": ["basidiospores", "basidia", "cheilocystidia", "lamellae", "clamp connections"],
    "ascomycete": ["ascospores", "asci", "paraphyses", "ascomata"],
    "hyphomycete": ["conidia", "conidiophores", "setae", "conidiogenous cells"],
    "lichen": ["ascospores", "apothecia", "asci", "pycnidia"],
}

# Names are built from these syllables.
GENUS = (["Bra", "Cly", "Dor", "Fel", "Gro", "Hel", "Lor", "Mel", "Nor", "Pel", "Tra", "Vel",
"Xan", "Zy"],
         ["cho", "di", "lo", "mi", "no", "pho", "ri", "sta", "the", "vo"],
         ["spora", "myces", "ella", "opsis", "cephala", "sticta", "theca", "derma", "nium",
          "carpus"])
EPITHET = (["alb", "brev", "cin", "dur", "fus", "gran", "lut", "mont", "nig", "pall", "rub", "sub",
"ten", "virid"],
           ["er", "ic", "il", "in", "on", "or", "os", "ul"], ["a", "ana", "aris", "ata", "ea",
            "ensis", "icola", "ospora"])
SURNAME = (["Brenn", "Dask", "Fjor", "Gald", "Hask", "Jorn", "Kell", "Lind", "Mor", "Nav", "Oster",
"Pel", "Rask", "Tam", "Vor"],
           ["a", "e", "i", "o", "u"], ["berg", "dal", "ker", "lin", "mann", "nen", "rick", "sen",
            "ti", "vik"])
PLACE = (["Ard", "Bel", "Dun", "Esk", "Hal", "Kar", "Lum", "Mer", "Nor", "Ost", "Tos", "Ulm",
"Vel"],
         ["a", "e", "i", "o"], ["burg", "dale", "fell", "grad", "holm", "ka", "mora", "ntia",
          "vara", "wick"])
PLANT = (["Ab", "Bet", "Car", "Fag", "Il", "Lon", "Pin", "Quer", "Rub", "Sal"], ["an", "el", "in",
"on", "ul"],
         ["aria", "ea", "ix", "odendron", "opsis", "us"])

"""The cards of orion.json, told by who did what on which day.

Day 0 is Monday, 5 January 2026; days are working days, five a week.
"""


def tell(Card, iso, at):
    # -- done

    (Card("Pick the storage format", 1, "ana", "todo")
     .text("SQLite, one file per project. See the notes of the spike.\n\n- read speed first\n- must survive a power cut")
     .label("feature").take(1, "ana").move(3, "ana", "doing").by(3, "ana", 11)
     .say(4, "kofi", "I measured 190,000 rows/s sorted, 44,000 as they come. Sort first.")
     .say(4, "ana", "Good. Then sorting is part of the loader, not an option.", hour=12)
     .move(8, "ana", "review").move(10, "ana", "done").tick(10, "ana"))

    (Card("Continuous integration on every branch", 1, "tomasz", "todo")
     .label("ops").take(1, "tomasz").take(2, "jonas").move(2, "tomasz", "doing")
     .check(2, "tomasz", "Jobs", "+build", "+unit tests", "+sanitizers", "+package")
     .by(2, "tomasz", 8).move(9, "tomasz", "done").tick(9, "tomasz")
     .say(9, "mia", "11 minutes from push to green. 🎉"))

    (Card("Tokenizer: split on Unicode word boundaries", 2, "kofi", "todo")
     .text("UAX #29, tests from the published tables.").label("feature")
     .take(2, "kofi").move(4, "kofi", "doing").by(4, "kofi", 15)
     .check(4, "kofi", "Scripts", "+Latin", "+Cyrillic", "+Arabic", "+Devanagari")
     .value(6, "kofi", "estimate", "5").value(6, "ana", "risk", "Medium")
     .move(13, "kofi", "review").say(14, "priya", "Reviewed. Two nits, both about names.")
     .move(15, "kofi", "done").tick(15, "kofi"))

    (Card("Crash when a document is empty", 6, "priya", "todo")
     .text("Steps:\n\n1. `orion add empty.txt`\n2. `orion search x`\n\nExpected: no hit. Got: a crash in `rank_merge`.")
     .label("bug").take(6, "jonas", by="ana").move(7, "jonas", "doing").by(7, "ana", 9)
     .say(7, "jonas", "Found it: length 0 goes through a division.")
     .move(8, "jonas", "done").tick(8, "jonas"))

    (Card("Write down how we name things", 7, "ana", "todo").label("docs").take(7, "mia", by="ana")
     .move(9, "mia", "doing").move(14, "mia", "done")
     .attach(14, "mia", "Naming, one page", url="https://wiki.example.com/orion/naming"))

    (Card("Benchmark corpus: 100,000 documents", 8, "kofi", "todo").label("perf")
     .take(8, "kofi").take(9, "tomasz").move(9, "kofi", "doing").by(9, "kofi", 18)
     .attach(10, "kofi", "corpus-sizes.png", size=48211)
     .say(12, "tomasz", "Mirror is up, nightly.").move(17, "tomasz", "done").tick(17, "tomasz"))

    (Card("Highlight matches in results", 12, "mia", "backlog").label("feature")
     .take(13, "mia").move(16, "mia", "doing").by(16, "mia", 24).begin(16)
     .move(22, "mia", "review").say(23, "ana", "Works on my machine with 全文検索 and with ﬁ ligatures, nice.")
     .move(24, "mia", "done").tick(24, "mia"))

    (Card("Search box keeps focus after Esc", 14, "mia", "todo").label("bug", "none")
     .take(14, "priya", by="mia").move(15, "priya", "doing").move(16, "priya", "done"))

    (Card("Release 2.0 alpha 1", 20, "ana", "todo").label("ops").take(20, "ana").take(21, "tomasz", by="ana")
     .by(20, "ana", 32).by(29, "ana", 36)
     .check(21, "tomasz", "Release", "+changelog", "+tag", "+packages", "+announce")
     .move(30, "tomasz", "doing").move(36, "ana", "done").tick(36, "ana")
     .say(37, "ana", "Out. 14 people installed it on the first day. Thank you all! 🚀"))

    (Card("Import from the old index", 21, "jonas", "todo").label("feature")
     .take(21, "jonas").move(23, "jonas", "doing").by(23, "jonas", 34)
     .say(30, "jonas", "Old files before 1.3 have no header. I guess by the extension now.")
     .move(36, "jonas", "review").move(40, "kofi", "done", hour=16)
     .take(40, "kofi", by="ana", hour=9).leave(47, "jonas", by="ana").tick(40, "kofi"))

    (Card("Fix flaky test `index_merge_concurrent`", 25, "tomasz", "todo").label("bug", "ops")
     .take(25, "tomasz").move(26, "tomasz", "doing").move(28, "tomasz", "done")
     .archive(40, "tomasz"))

    (Card("Dark theme", 26, "mia", "backlog").label("feature", "yellow").take(27, "mia")
     .move(30, "mia", "doing").move(38, "mia", "done").archive(52, "mia")
     .attach(34, "mia", "dark-theme.png", size=120334))

    (Card("Talk at the user meeting", 30, "ana", "todo").label("docs").take(30, "ana")
     .by(30, "ana", 45, hour=18).move(40, "ana", "doing").move(45, "ana", "done").tick(45, "ana")
     .archive(59, "ana").attach(44, "ana", "slides.pdf", size=2310422))

    # -- in review

    (Card("Parser: nested phrases and operators", 40, "kofi", "todo")
     .text("`\"a b\" AND (c OR d)` with any depth up to 32, clear errors with the column.\n\nGrammar is in `docs/query.md`.")
     .label("feature").take(40, "kofi").move(43, "kofi", "doing").by(43, "kofi", 66).begin(43)
     .check(43, "kofi", "Parser", "+phrases", "+operators", "+error with column", "which Unicode version?", "docs")
     .value(43, "kofi", "estimate", "8").value(44, "ana", "risk", "High").value(44, "ana", "customer", "Nordwind")
     .say(50, "kofi", "Depth limit is 32, deeper ones get an error instead of a stack overflow.")
     .say(55, "ana", "Which Unicode version do we promise? I will decide by Thursday.")
     .by(60, "kofi", 87).move(81, "kofi", "review").value(81, "kofi", "qa", "true"))

    (Card("Ranking: weight titles above bodies", 41, "priya", "todo").label("feature", "perf")
     .take(42, "priya").take(50, "kofi").move(48, "priya", "doing").by(48, "priya", 85)
     .say(60, "kofi", "On the corpus: 0.71 → 0.78 at 10. Worth it.")
     .move(80, "priya", "review").value(48, "priya", "estimate", "4.5"))

    (Card("Memory: cap the merge buffer", 50, "tomasz", "backlog").label("perf")
     .take(55, "tomasz").move(62, "tomasz", "doing").move(79, "tomasz", "review").by(62, "tomasz", 86)
     .attach(70, "tomasz", "heap-before-after.png", size=88120))

    # -- in progress

    (Card("Parser tests", 55, "kofi", "todo").text("Every rule of the grammar, and the errors of it.")
     .label("feature").take(55, "priya").take(70, "kofi").move(80, "kofi", "doing").by(70, "kofi", 88)
     .check(70, "kofi", "Cases", "+empty query", "+unbalanced quotes", "deep nesting", "right-to-left", "🏳️‍🌈 and other sequences")
     .hand(0, 3, "priya", 86))

    (Card("全角スペースを区切りとして扱う (treat full-width spaces as separators)", 60, "mia", "todo")
     .text("Japanese users type U+3000 between words:\n\n> 全文　検索\n\nToday that is one word.")
     .label("bug").take(61, "mia").move(78, "mia", "doing").by(61, "ana", 84)
     .say(79, "mia", "U+3000 is White_Space, so the tokenizer is right and the query parser is wrong.")
     .say(79, "kofi", "Then it is mine as well, let us pair tomorrow.", hour=15).take(79, "kofi", hour=16))

    (Card("Settings: one page instead of five", 58, "mia", "backlog").label("feature", "sky")
     .take(66, "mia").move(74, "mia", "doing").by(74, "mia", 95)
     .attach(74, "mia", "Sketch", url="https://draw.example.com/orion/settings")
     .check(74, "mia", "Pages", "+general", "+keyboard", "index", "privacy", "about"))

    (Card("Keep searching while the index is being rebuilt", 45, "priya", "todo").label("feature", "perf")
     .take(46, "priya").move(64, "priya", "doing").by(64, "ana", 82).by(76, "priya", 90)
     .say(76, "priya", "Needs the merge buffer cap first, moved by a week.")
     .value(64, "ana", "customer", "Nordwind").value(64, "ana", "risk", "High")
     .value(77, "ana", "demo", iso(at(91, 13))))

    # -- to do

    (Card("Release 2.0 beta", 60, "ana", "todo").label("ops").take(60, "ana").by(60, "ana", 97)
     .check(60, "ana", "Release", "changelog", "tag", "packages", "announce")
     .check(60, "ana", "Before", "no open bug of high risk", "docs read by two people").hand(0, 2, "tomasz", 96))

    (Card("Crash rate on the status page", 62, "ana", "todo")
     .text("Goal: stays below 0.5 %. Show the last 30 days.").label("ops")
     .take(62, "tomasz", by="ana").by(62, "ana", 92))

    (Card("Query help: examples under the search box", 63, "mia", "todo").label("docs", "none"))

    (Card("Search in attachments", 64, "kofi", "backlog").label("feature").take(64, "kofi").take(65, "mia").take(66, "priya")
     .move(75, "ana", "todo").by(75, "ana", 109)
     .say(75, "ana", "Three people on one card: who does it?")
     .say(75, "mia", "Priya, she knows the formats. Kofi and I help.", hour=14, edited=76))

    (Card("Umlaute: “Müller” must find “Mueller”", 66, "priya", "todo").label("bug")
     .text("Only for German; in Swedish *ö* is a letter of its own.").take(72, "priya").by(72, "ana", 94))

    (Card("Windows: paths longer than 260 characters", 67, "tomasz", "todo").label("bug").take(67, "tomasz"))

    (Card("修复中文分词错误", 68, "mia", "todo").label("bug")
     .text("“研究生命” 被分成 “研究生/命”，应为 “研究/生命”。").take(70, "mia").by(70, "mia", 99))

    (Card("👩‍💻 Pairing afternoon: merge code", 70, "priya", "todo").take(70, "priya").take(70, "tomasz", by="priya")
     .by(70, "priya", 86, hour=13))

    # -- backlog

    (Card("Saved searches", 9, "mia").label("feature"))
    (Card("Export results as CSV", 10, "priya").label("feature", "none")
     .say(44, "ana", "Nordwind asked again. After the beta."))
    (Card("Stemming for Polish", 15, "tomasz").label("feature").take(15, "tomasz"))
    (Card("Rename “project” to “library” everywhere?", 17, "ana").label("yellow")
     .say(18, "kofi", "No. It is in the file format.").say(18, "ana", "Then only on screen.", hour=13)
     .rename(18, "ana", "Say “library” instead of “project” on screen?"))
    (Card("Snippets: never cut an emoji family in half 👨‍👩‍👧‍👦", 24, "mia").label("bug"))
    (Card("Index on a network drive", 28, "jonas").label("sky").take(28, "jonas").leave(47, "jonas", by="ana")
     .say(47, "jonas", "My notes are in the wiki. Good luck, it was a pleasure!"))
    (Card("Accessibility audit", 31, "mia").label("docs").check(31, "mia", "Screens", "search", "settings", "first run"))
    (Card("Fuzz the query parser", 52, "kofi").label("ops").take(52, "kofi"))
    (Card("Telemetry: ask first, keep nothing", 53, "ana")
     .text("We **ask**, we count crashes, we keep no query. If in doubt we leave it out.").label("ops"))
    (Card("Plugin interface", 54, "priya").label("feature"))
    report = (Card("Bug report", 5, "ana").label("bug")
     .text("What did you do?\n\nWhat did you expect?\n\nWhat happened?\n\nVersion:"))
    report.template = True
    

    # -- a closed list with cards still in it

    (Card("Went well: reviews within a day", 36, "ana", "retro").take(36, "ana"))
    (Card("To improve: too many cards in progress", 36, "kofi", "retro")
     .say(37, "ana", "Limit of 5 on the column from now on."))
    (Card("Try: pair on everything with high risk", 58, "priya", "retro").archive(60, "ana"))

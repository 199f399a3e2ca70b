#!/usr/bin/env python3
"""Writes a Trello board whose log has reached Trello's limit, to standard output.

    python3 make_full.py > full.json

Made up like the others: 100 cards, 42 of them with one member, 25 with several, 33 without; the
cards count 133 comments, and 93 of them are among the 1,000 actions that an export holds.  The
same run gives the same bytes.
"""
import datetime
import json
import sys

START = datetime.datetime(2029, 9, 3, 9, 0, tzinfo=datetime.timezone.utc)
LISTS = ["Backlog", "To Do", "Doing", "Review", "Done"]
LABELS = [("Feature", "green"), ("Bug", "red"), ("Docs", "blue"), ("Tools", "purple")]
PEOPLE = [("ana", "Ana Ruiz"), ("rui", "Rui Melo"), ("kofi", "Kofi Mensah"),
          ("amina", "Amina Otieno"), ("mia", "Mia Tanaka"), ("jo", "Jo Baker")]
SOLO, SHARED, NOBODY = 42, 25, 33
CLAIMED, PRESENT, ACTIONS = 133, 93, 1000
WHAT = ["Search", "Index", "Lexer", "Import", "Settings", "Help", "Start page", "Printing",
        "Shortcuts", "Updates"]
DO = ["make it faster", "tests", "a clear error", "small screens", "words in the log",
      "tidy the options", "dark theme", "a manual page", "survive a full disk", "icons"]


def make_id(number):
    return "%08x%016x" % (int(START.timestamp()) + number * 60, number)


def when(number):
    return (START + datetime.timedelta(minutes=number * 17)).strftime("%Y-%m-%dT%H:%M:%S.000Z")


BOARD = {"id": make_id(1), "name": "Orion", "shortLink": "fullLog1"}
MEMBERS = [{"id": make_id(10 + i), "username": u, "fullName": n, "memberType": "normal"}
           for i, (u, n) in enumerate(PEOPLE)]
LANES = [{"id": make_id(100 + i), "name": n, "closed": False, "pos": 1000 * (i + 1)}
         for i, n in enumerate(LISTS)]
TAGS = [{"id": make_id(200 + i), "idBoard": BOARD["id"], "name": n, "color": c}
        for i, (n, c) in enumerate(LABELS)]


def members_of(number):
    """The first 42 cards have one member, the next 25 two or three, the last 33 none."""
    if number >= SOLO + SHARED:
        return []
    count = 1 if number < SOLO else 2 + number % 2
    return [MEMBERS[(number + i) % len(MEMBERS)]["id"] for i in range(count)]


def lane_of(number):
    """Cards that nobody has are open; of the others every third is done."""
    if number < SOLO + SHARED and number % 3 == 0:
        return LANES[4]
    return LANES[number % 3]


def card(number):
    claimed = CLAIMED // 100 + (1 if number < CLAIMED % 100 else 0)
    link = "card%04d" % number
    return {"id": make_id(1000 + number), "idShort": number + 1, "idBoard": BOARD["id"],
            "name": "%s: %s" % (WHAT[number % 10], DO[number // 10]), "desc": "",
            "closed": False, "due": None, "dueComplete": False, "idList": lane_of(number)["id"],
            "idMembers": members_of(number), "idLabels": [TAGS[number % 4]["id"]],
            "labels": [TAGS[number % 4]], "idChecklists": [], "pos": 1000 * (number + 1),
            "shortLink": link, "url": "https://trello.com/c/%s" % link, "attachments": [],
            "customFieldItems": [], "dateLastActivity": when(2000),
            "badges": {"comments": claimed}}


def action(number, cards):
    who = MEMBERS[number % len(MEMBERS)]
    on = cards[number % len(cards)]
    said = number < PRESENT
    data = {"board": BOARD, "card": {k: on[k] for k in ("id", "name", "idShort", "shortLink")}}
    if said:
        data["text"] = "Seen, round %d." % (number // len(MEMBERS) + 1)
    else:
        data["old"] = {"pos": number}
    return {"id": make_id(3000 + number), "idMemberCreator": who["id"], "memberCreator": who,
            "type": "commentCard" if said else "updateCard", "date": when(number), "data": data}


def main():
    cards = [card(i) for i in range(SOLO + SHARED + NOBODY)]
    actions = [action(i, cards) for i in range(ACTIONS)]
    actions.reverse()  # the newest first, as Trello has them
    board = dict(BOARD, desc="", closed=False, url="https://trello.com/b/fullLog1", cards=cards,
                 lists=LANES, labels=TAGS, members=MEMBERS, memberships=[], checklists=[],
                 customFields=[], actions=actions, pluginData=[])
    json.dump(board, sys.stdout, separators=(",", ":"))


main()

#!/usr/bin/env python3
"""Writes orion.json: the board of an invented team, as Trello exports one.

    python3 make_orion.py > orion.json

Nothing in it is anybody's: people, work and dates are made up.  The same run gives the
same bytes.  Cards are told as stories in orion_cards.py; their log is made from the stories.
"""
import datetime
import hashlib
import json
import sys

import orion_cards

START = datetime.datetime(2026, 1, 5, 9, 0, tzinfo=datetime.timezone.utc)  # a Monday


def at(day, hour=9, minute=0):
    """A time on the day-th working day."""
    return START + datetime.timedelta(days=day // 5 * 7 + day % 5, hours=hour - 9, minutes=minute)


def iso(when):
    return when.strftime("%Y-%m-%dT%H:%M:%S.") + "%03dZ" % (when.microsecond // 1000)


COUNTER = [0]


def make_id(when):
    """24 hex digits, the first 8 its time in seconds, as Trello makes them."""
    COUNTER[0] += 1
    tail = hashlib.sha256(b"orion %d" % COUNTER[0]).hexdigest()[:16]
    return "%08x%s" % (int(when.timestamp()), tail)


def short_link(text):
    digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
    value = int(hashlib.sha256(text.encode()).hexdigest(), 16)
    out = ""
    for _ in range(8):
        value, digit = divmod(value, len(digits))
        out += digits[digit]
    return out


def slug(text):
    plain = "".join(c.lower() if c.isascii() and c.isalnum() else "-" for c in text)
    while "--" in plain:
        plain = plain.replace("--", "-")
    return plain.strip("-")[:60]


# -- people ---------------------------------------------------------------------------------

def person(key, username, name, initials, day):
    return {"key": key, "id": make_id(at(day - 400)), "username": username, "fullName": name,
            "initials": initials}


PEOPLE = {p["key"]: p for p in [
    person("ana", "ana", "Ana Ruiz", "AR", 0),
    person("kofi", "kofi", "Kofi Mensah", "KM", 1),
    person("mia", "mia", "Mia Tanaka", "MT", 2),
    person("tomasz", "tomasz_z", "Tomasz Zieliński", "TZ", 3),
    person("priya", "priya.n", "Priya Nair", "PN", 4),
    person("jonas", "jonasweber", "Jonas Weber", "JW", 5),  # left on day 47
]}
LEFT = {"jonas"}

BOARD_ID = make_id(at(0))
BOARD_LINK = short_link("board")
BOARD = {"id": BOARD_ID, "name": "Orion 2.0", "shortLink": BOARD_LINK}

# -- lists ------------------------------------------------------------------------------------

LISTS = {}
for place, (key, name, limit) in enumerate([
        ("backlog", "Backlog", None), ("todo", "To Do", None), ("doing", "In Progress", 5),
        ("review", "Code Review", 4), ("done", "Done ✅", None),
        ("retro", "Retro notes", None)]):
    LISTS[key] = {"id": make_id(at(0, 9, 1 + place)), "name": name, "closed": key == "retro",
                  "pos": 65535 * (place + 1), "softLimit": limit}

LABELS = {}
for key, name, colour in [("bug", "Bug", "red"), ("feature", "Feature", "green"),
                          ("docs", "Docs", "blue"), ("perf", "Performance", "orange_dark"),
                          ("ops", "Operations", "purple_light"), ("yellow", "", "yellow"),
                          ("sky", "", "sky"), ("none", "Good first task", None)]:
    LABELS[key] = {"id": make_id(at(0, 9, 20)), "idBoard": BOARD_ID, "name": name,
                   "color": colour, "uses": 0}

FIELDS = {}
for place, (key, name, kind, options) in enumerate([
        ("estimate", "Estimate (days)", "number", None),
        ("customer", "Customer", "text", None),
        ("risk", "Risk", "list", [("Low", "green"), ("Medium", "yellow"), ("High", "red")]),
        ("qa", "Ready for QA", "checkbox", None),
        ("demo", "Demo on", "date", None)]):
    FIELDS[key] = {"id": make_id(at(6)), "idModel": BOARD_ID, "modelType": "board",
                   "fieldGroup": hashlib.sha256(key.encode()).hexdigest(),
                   "display": {"cardFront": True}, "name": name, "pos": 16384 * (place + 1),
                   "type": kind, "isSuggestedField": False}
    if options:
        FIELDS[key]["options"] = [
            {"id": make_id(at(6)), "idCustomField": FIELDS[key]["id"], "value": {"text": text},
             "color": colour, "pos": 16384 * (i + 1)} for i, (text, colour) in enumerate(options)]

# -- the log ------------------------------------------------------------------------------------

ACTIONS = []


def act(when, who, kind, data, member=None):
    creator = PEOPLE[who]
    action = {"id": make_id(when), "idMemberCreator": creator["id"], "data": data, "type": kind,
              "date": iso(when), "appCreator": None, "limits": {},
              "memberCreator": shown(creator)}
    data["board"] = BOARD
    if member:
        action["member"] = shown(PEOPLE[member])
        action["data"]["member"] = {"id": PEOPLE[member]["id"], "name": PEOPLE[member]["fullName"]}
    ACTIONS.append(action)
    return action


def shown(p):
    return {"id": p["id"], "activityBlocked": False, "avatarHash": None, "avatarUrl": None,
            "fullName": p["fullName"], "idMemberReferrer": None, "initials": p["initials"],
            "nonPublic": {}, "nonPublicAvailable": False, "username": p["username"]}


def named(key):
    return {"id": LISTS[key]["id"], "name": LISTS[key]["name"]}


act(at(0), "ana", "createBoard", {})
for key in LISTS:
    act(at(0, 9, 2), "ana", "createList", {"list": named(key)})
for day, key in enumerate(PEOPLE):
    if key != "ana":
        act(at(0, 10, day), "ana", "addMemberToBoard",
            {"idMemberAdded": PEOPLE[key]["id"], "memberType": "normal"}, key)
for key in FIELDS:
    act(at(6, 9, 30), "ana", "createCustomField",
        {"customField": {"id": FIELDS[key]["id"], "name": FIELDS[key]["name"]}})
act(at(5), "ana", "updateBoard", {"old": {"prefs": {"background": "blue"}}})
act(at(8), "ana", "updateList", {"list": named("doing"), "old": {"name": "Doing"}})
act(at(47, 17), "ana", "removeMemberFromBoard", {"idMemberRemoved": PEOPLE["jonas"]["id"]}, "jonas")
act(at(60, 16), "ana", "updateList", {"list": dict(named("retro"), closed=True),
                                      "old": {"closed": False}})

# -- cards ----------------------------------------------------------------------------------------

CARDS = []
CHECKLISTS = []


class Card:
    """A card and what happened to it.  Each method is one thing somebody did."""

    def __init__(self, title, day, who, column="backlog", hour=10, minute=0):
        self.number = len(CARDS) + 1
        self.created = at(day, hour, minute)
        self.id = make_id(self.created)
        self.link = short_link("card %d" % self.number)
        self.title, self.first_column, self.column = title, column, column
        self.desc, self.labels, self.members = "", [], []
        self.due = self.start = None
        self.complete = self.archived = self.template = False
        self.attachments, self.values, self.checklists = [], [], []
        self.comments = 0
        self.last = self.created
        CARDS.append(self)
        self.do(self.created, who, "createCard", {"list": named(column)})

    def ref(self, **more):
        return dict({"id": self.id, "name": self.title, "idShort": self.number,
                     "shortLink": self.link}, **more)

    def do(self, when, who, kind, data, member=None, **more):
        self.last = max(self.last, when)
        return act(when, who, kind, dict(data, card=self.ref(**more)), member)

    def text(self, desc):
        self.desc = desc
        return self

    def edit(self, day, who, desc, hour=11):
        self.do(at(day, hour), who, "updateCard", {"old": {"desc": self.desc}, "list": named(self.column)},
                desc=desc)
        self.desc = desc
        return self

    def rename(self, day, who, title, hour=11):
        old, self.title = self.title, title
        self.do(at(day, hour, 5), who, "updateCard", {"old": {"name": old}, "list": named(self.column)})
        return self

    def label(self, *keys):
        for key in keys:
            self.labels.append(key)
            LABELS[key]["uses"] += 1
        return self

    def take(self, day, who, by=None, hour=10):
        self.members.append(who)
        self.do(at(day, hour, 20), by or who, "addMemberToCard", {"idMember": PEOPLE[who]["id"]}, who)
        return self

    def leave(self, day, who, by=None):
        self.members.remove(who)
        self.do(at(day, 12), by or who, "removeMemberFromCard",
                {"idMember": PEOPLE[who]["id"], "deactivated": False}, who)
        return self

    def move(self, day, who, column, hour=14):
        self.do(at(day, hour, 7), who, "updateCard",
                {"old": {"idList": LISTS[self.column]["id"]}, "listBefore": named(self.column),
                 "listAfter": named(column)}, idList=LISTS[column]["id"])
        self.column = column
        return self

    def by(self, day, who, due_day, hour=16, moved_hour=10):
        """A due date, set on `day`."""
        when = iso(at(due_day, hour))
        self.do(at(day, moved_hour, 40), who, "updateCard",
                {"old": {"due": self.due}, "list": named(self.column)}, due=when)
        self.due = when
        return self

    def begin(self, start_day):
        self.start = iso(at(start_day, 8))
        return self

    def tick(self, day, who, hour=15):
        self.do(at(day, hour, 30), who, "updateCard",
                {"old": {"dueComplete": False}, "list": named(self.column)}, dueComplete=True)
        self.complete = True
        return self

    def say(self, day, who, words, hour=11, edited=None):
        data = {"text": words, "textData": {"emoji": {}}, "list": named(self.column)}
        if edited is not None:
            data["dateLastEdited"] = iso(at(edited, hour, 50))
        self.do(at(day, hour, self.comments * 3 % 60), who, "commentCard", data)
        self.comments += 1
        return self

    def check(self, day, who, name, *items):
        """Items are texts; one that begins with '+' is done."""
        checklist = {"id": make_id(at(day, 10, 30)), "name": name, "idBoard": BOARD_ID,
                     "idCard": self.id, "pos": 16384 * (len(self.checklists) + 1), "limits": {},
                     "checkItems": [], "creationMethod": None}
        self.checklists.append(checklist)
        CHECKLISTS.append(checklist)
        ref = {"id": checklist["id"], "name": name}
        self.do(at(day, 10, 31), who, "addChecklistToCard", {"checklist": ref})
        for place, item in enumerate(items):
            done = item.startswith("+")
            entry = {"id": make_id(at(day, 10, 32)), "name": item.lstrip("+"), "nameData": None,
                     "pos": 16384 * (place + 1), "state": "complete" if done else "incomplete",
                     "due": None, "dueReminder": None, "idMember": None,
                     "idChecklist": checklist["id"]}
            checklist["checkItems"].append(entry)
            if done:
                self.do(at(day + 1 + place, 15), who, "updateCheckItemStateOnCard",
                        {"checklist": ref, "checkItem": {"id": entry["id"], "name": entry["name"],
                                                         "state": "complete"}})
        return self

    def hand(self, checklist, place, who, due_day=None):
        """An item of a checklist that is somebody's own."""
        entry = self.checklists[checklist]["checkItems"][place]
        entry["idMember"] = PEOPLE[who]["id"]
        entry["due"] = iso(at(due_day, 15)) if due_day is not None else None
        return self

    def attach(self, day, who, name, url=None, size=None):
        upload = url is None
        entry_id = make_id(at(day, 13))
        url = url or "https://trello.com/1/cards/%s/attachments/%s/download/%s" % (
            self.id, entry_id, name)
        self.attachments.append({
            "id": entry_id, "bytes": size, "date": iso(at(day, 13)), "edgeColor": None,
            "idMember": PEOPLE[who]["id"], "isMalicious": False, "isUpload": upload,
            "mimeType": "image/png" if name.endswith(".png") else "" if upload else None,
            "name": name, "previews": [], "url": url,
            "pos": 16384 * (len(self.attachments) + 1), "fileName": name if upload else None})
        self.do(at(day, 13), who, "addAttachmentToCard",
                {"attachment": {"id": entry_id, "name": name, "url": url}})
        return self

    def value(self, day, who, key, value):
        field = FIELDS[key]
        entry = {"id": make_id(at(day, 10, 50)), "idValue": None, "value": None,
                 "idCustomField": field["id"], "idModel": self.id, "modelType": "card"}
        if field["type"] == "list":
            entry["idValue"] = next(o["id"] for o in field["options"] if o["value"]["text"] == value)
        else:
            name = {"number": "number", "text": "text", "checkbox": "checked", "date": "date"}
            entry["value"] = {name[field["type"]]: value}
        self.values.append(entry)
        self.do(at(day, 10, 50), who, "updateCustomFieldItem",
                {"customField": {"id": field["id"], "name": field["name"], "type": field["type"]},
                 "customFieldItem": entry, "old": {"value": None}})
        return self

    def archive(self, day, who):
        self.do(at(day, 17, 10), who, "updateCard",
                {"old": {"closed": False}, "list": named(self.column)}, closed=True)
        self.archived = True
        return self


orion_cards.tell(Card, iso, at)

# -- cards that are gone: the log alone knows them ---------------------------------------------------

for number, (day, who, title, list_key) in enumerate([
        (21, "jonas", "Try the new scheduler", "todo"), (33, "mia", None, "backlog")]):
    gone = {"id": make_id(at(day - 9)), "idShort": 90 + number, "shortLink": short_link("gone %d" % number)}
    if title:
        act(at(day - 2, 15), who, "commentCard",
            {"card": dict(gone, name=title), "list": named(list_key),
             "text": "This belongs to the platform team, not to us."})
    act(at(day, 16), who, "deleteCard", {"card": gone, "list": named(list_key)})

# -- out ---------------------------------------------------------------------------------------------

LIMIT = {"status": "ok", "disableAt": 1000, "warnAt": 800}


def card_json(card, place):
    items = [i for c in card.checklists for i in c["checkItems"]]
    done = [i for i in items if i["state"] == "complete"]
    labels = [LABELS[k] for k in card.labels]
    url = "https://trello.com/c/%s/%d-%s" % (card.link, card.number, slug(card.title))
    return {
        "id": card.id, "address": None, "checkItemStates": None, "closed": card.archived,
        "coordinates": None, "creationMethod": None, "dueComplete": card.complete,
        "dateLastActivity": iso(card.last), "desc": card.desc, "descData": {"emoji": {}},
        "due": card.due, "dueReminder": 1440 if card.due else None,
        "email": "post+%s@boards.trello.example" % card.link, "idBoard": BOARD_ID,
        "idChecklists": [c["id"] for c in card.checklists], "idLabels": [l["id"] for l in labels],
        "idList": LISTS[card.column]["id"], "idMembers": [PEOPLE[m]["id"] for m in card.members],
        "idMembersVoted": [], "idShort": card.number,
        "idAttachmentCover": None, "labels": labels,
        "limits": {"attachments": {"perCard": LIMIT}, "checklists": {"perCard": LIMIT},
                   "stickers": {"perCard": LIMIT}},
        "locationName": None, "manualCoverAttachment": False, "name": card.title,
        "pos": place, "shortLink": card.link, "shortUrl": "https://trello.com/c/" + card.link,
        "start": card.start, "subscribed": False, "url": url,
        "cover": {"idAttachment": None, "color": None, "idUploadedBackground": None,
                  "size": "normal", "brightness": "dark", "idPlugin": None},
        "isTemplate": card.template, "cardRole": None, "attachments": card.attachments,
        "pluginData": [], "customFieldItems": card.values,
        "badges": {
            "attachmentsByType": {"trello": {"board": 0, "card": 0}}, "location": False, "votes": 0,
            "viewingMemberVoted": False, "subscribed": False, "fogbugz": "",
            "checkItems": len(items), "checkItemsChecked": len(done), "checkItemsEarliestDue": None,
            "comments": card.comments, "attachments": len(card.attachments),
            "description": bool(card.desc), "due": card.due, "dueComplete": card.complete,
            "start": card.start}}


def placed(cards):
    """Positions as they become when cards are dropped between others: whole, then halves."""
    out = []
    in_list = {}
    for card in cards:
        n = in_list[card.column] = in_list.get(card.column, 0) + 1
        out.append(card_json(card, 65535 * n if n % 4 else 65535 * n - 16383.75))
    return out


def members_json():
    return [{"id": p["id"], "aaId": None, "activityBlocked": False, "avatarHash": None,
             "avatarUrl": None, "bio": "", "bioData": None, "confirmed": True,
             "fullName": p["fullName"], "idEnterprise": None, "idEnterprisesDeactivated": [],
             "idMemberReferrer": None, "idPremOrgsAdmin": None, "initials": p["initials"],
             "memberType": "normal", "nonPublic": {}, "nonPublicAvailable": False, "products": [],
             "url": "https://trello.com/" + p["username"], "username": p["username"],
             "status": "disconnected"} for key, p in PEOPLE.items() if key not in LEFT]


def board_json():
    last = max(a["date"] for a in ACTIONS)
    return {
        "id": BOARD_ID, "nodeId": "ari:cloud:trello::board/workspace/" + BOARD_ID,
        "name": BOARD["name"],
        "desc": "Everything we ship in 2.0. If it is not on this board, nobody is doing it.",
        "descData": None, "closed": False, "dateClosed": None, "idOrganization": make_id(at(-30)),
        "idEnterprise": None,
        "limits": {"attachments": {"perBoard": LIMIT}, "boards": {"totalMembersPerBoard": LIMIT},
                   "cards": {"openPerBoard": LIMIT, "totalPerBoard": LIMIT}},
        "pinned": False, "starred": True,
        "url": "https://trello.com/b/%s/orion-20" % BOARD_LINK,
        "prefs": {"permissionLevel": "org", "hideVotes": False, "voting": "disabled",
                  "comments": "members", "invitations": "members", "selfJoin": True,
                  "cardCovers": True, "cardAging": "regular", "calendarFeedEnabled": False,
                  "isTemplate": False, "background": "blue", "backgroundColor": "#0079BF"},
        "shortLink": BOARD_LINK, "subscribed": False,
        "labelNames": {"green": "Feature", "yellow": "", "orange": "", "red": "Bug",
                       "purple": "", "blue": "Docs", "sky": "", "lime": "", "pink": "",
                       "black": ""},
        "powerUps": [], "dateLastActivity": last, "dateLastView": last,
        "shortUrl": "https://trello.com/b/" + BOARD_LINK, "idTags": [], "datePluginDisable": None,
        "creationMethod": None, "ixUpdate": str(len(ACTIONS)), "templateGallery": None,
        "enterpriseOwned": False, "idBoardSource": None, "premiumFeatures": [],
        "idMemberCreator": PEOPLE["ana"]["id"],
        "actions": sorted(ACTIONS, key=lambda a: (a["date"], a["id"]), reverse=True),
        "cards": placed(CARDS), "labels": list(LABELS.values()),
        "lists": [dict(l, idBoard=BOARD_ID, subscribed=False, status=None,
                       creationMethod=None, idOrganization=None,
                       limits={"cards": {"openPerList": LIMIT, "totalPerList": LIMIT}})
                  for l in LISTS.values()],
        "members": members_json(), "checklists": CHECKLISTS, "customFields": list(FIELDS.values()),
        "memberships": [{"id": make_id(at(0)), "idMember": p["id"],
                         "memberType": "admin" if key == "ana" else "normal",
                         "unconfirmed": False, "deactivated": False}
                        for key, p in PEOPLE.items() if key not in LEFT],
        "pluginData": []}


def write(board):
    """One entry of an array a line, so that a change of the stories can be read in a diff."""
    out = []
    for key, value in board.items():
        if isinstance(value, list) and value:
            entries = ",\n".join(json.dumps(v, ensure_ascii=False, separators=(",", ":"))
                                 for v in value)
            out.append('"%s":[\n%s]' % (key, entries))
        else:
            out.append('"%s":%s' % (key, json.dumps(value, ensure_ascii=False,
                                                    separators=(",", ":"))))
    sys.stdout.buffer.write(("{" + ",\n".join(out) + "}\n").encode("utf-8"))


write(board_json())

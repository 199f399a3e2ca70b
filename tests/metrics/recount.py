#!/usr/bin/env python3
"""Recounts every figure of docs/metrics.md from exported rows, and compares.

usage: recount.py FILE          a file with "now_ms", "rows" as 'muster export json' has them, and
                                "windows" with the figures that Muster counted
       recount.py EXPORT STATS  'muster export json' and 'muster stats --json'

It shares no code with Muster: time zones come from Python's zoneinfo, judgements from the
formulas.  Exit code 1 when a figure differs.
"""
import json
import sys
from datetime import date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

EPOCH = date(1970, 1, 1)
DAY_MS = 86400000
FEW = 3


# -- time ---------------------------------------------------------------------------------


def local_date_days(zone, ms):
    there = datetime.fromtimestamp(ms // 1000, timezone.utc).astimezone(zone)
    return (there.date() - EPOCH).days


def zone_instant(zone, day, minute):
    """A local time left out by a change of clocks is the first moment after the gap; one that
    comes twice is the first."""
    wall = datetime.combine(EPOCH + timedelta(days=day), datetime.min.time()) + timedelta(
        minutes=minute
    )
    first = wall.replace(tzinfo=zone, fold=0)
    stamp = int(first.astimezone(timezone.utc).timestamp())
    back = datetime.fromtimestamp(stamp, timezone.utc).astimezone(zone).replace(tzinfo=None)
    if back == wall:
        return stamp * 1000
    low = int(wall.replace(tzinfo=zone, fold=1).astimezone(timezone.utc).timestamp())
    high = stamp

    def offset(at):
        return datetime.fromtimestamp(at, timezone.utc).astimezone(zone).utcoffset()

    before = offset(low)
    while high - low > 1:
        middle = (low + high) // 2
        if offset(middle) == before:
            low = middle
        else:
            high = middle
    return high * 1000


class Person:
    def __init__(self, row, team_zone):
        self.id = row.get("id") if row else None
        self.row = row or {}
        self.zones = [(None, self.row.get("zone") or team_zone)]
        self.workdays = (self.row.get("workdays") or 0) & 0x7F or 0x1F
        start = self.row.get("day_start")
        self.day_start = start if start is not None and 0 <= start < 1440 else 540
        self.absences = []
        self.joined = None
        self.is_team = row is None

    def zone_at(self, ms):
        name = self.zones[0][1]
        for since, other in self.zones[1:]:
            if since <= ms:
                name = other
        return name

    def day(self, ms):
        return local_date_days(ZoneInfo(self.zone_at(ms)), ms)

    def instant(self, day, minute):
        day += minute // 1440
        minute %= 1440
        for i, (since, name) in enumerate(self.zones):
            at = zone_instant(ZoneInfo(name), day, minute)
            if since is not None and at < since:
                return since
            if i + 1 == len(self.zones) or at < self.zones[i + 1][0]:
                return at


# -- the team -----------------------------------------------------------------------------


class Team:
    def __init__(self, rows, now):
        self.rows = rows
        self.now = now
        row = rows["team"][0]
        zone = row.get("zone") or "UTC"
        end = row.get("day_end")
        self.day_end = end if end is not None else 1020
        self.team = Person(None, zone)
        self.people = {r["id"]: Person(r, zone) for r in rows["person"]}
        for device in rows["device"]:
            person = self.people.get(device.get("person"))
            at = device.get("enrolled_at")
            if person and at is not None:
                person.joined = at if person.joined is None else min(person.joined, at)
        for move in sorted(rows["zone_since"], key=lambda m: (m["from_at"], m["id"])):
            self.people[move["person"]].zones.append((move["from_at"], move["zone"]))
        for absence in rows["absence"]:
            if not absence.get("withdrawn"):
                self.people[absence["person"]].absences.append(absence)
        self.holidays = {}
        for holiday in rows["holiday"]:
            if not holiday.get("deleted"):
                self.holidays.setdefault(holiday["day"], set()).add(holiday["calendar"])
        self.tasks = {t["id"]: t for t in rows["task"]}
        self.works_memo = {}

    def person(self, id):
        return self.people.get(id, self.team)

    def day_kind(self, person, day, absences=True):
        if not person.workdays >> ((day + 3) % 7) & 1:
            return "off"
        calendars = self.holidays.get(day, ())
        if "team" in calendars:
            return "holiday"
        if calendars and not person.is_team:
            if person.zone_at(person.instant(day, 720)) in calendars:
                return "holiday"
        if absences and any(a["from_day"] <= day <= a["to_day"] for a in person.absences):
            return "absent"
        return "work"

    def works(self, person, day, absences):
        """The day's working time, or None."""
        key = (person.id, day, absences)
        if key not in self.works_memo:
            value = None
            if self.day_kind(person, day, absences) == "work":
                begin = person.day_start
                end = self.day_end if self.day_end > begin else begin + 480
                value = (person.instant(day, begin), person.instant(day, end))
            self.works_memo[key] = value
        return self.works_memo[key]

    def work_ms(self, person, start, stop, absences=True):
        total = 0
        for day in range(person.day(start) - 1, person.day(stop) + 1):
            span = self.works(person, day, absences)
            if span:
                total += max(0, min(span[1], stop) - max(span[0], start))
        return total


def median(values):
    values = sorted(values)
    if not values:
        return 0
    low, high = values[(len(values) - 1) // 2], values[len(values) // 2]
    return low + (high - low) // 2


# -- promises -----------------------------------------------------------------------------


def task_done(task):
    return task.get("done_at") if task and task.get("state") in (6, "done") else None


def blocked_ms(team, promise, person):
    start, stop = promise["promised_at"], promise["due_at"]
    holds = []
    for blocker in team.rows["blocker"]:
        if blocker.get("state") == 5:
            continue
        if promise.get("task"):
            if blocker.get("task") != promise["task"]:
                continue
        elif (
            blocker.get("raised_by") != promise["person"]
            or blocker.get("commitment") != promise["id"]
            or blocker.get("task")
        ):
            continue
        other = blocker.get("needs_person")
        if not other or other == promise["person"]:
            needed = team.tasks.get(blocker.get("needs_task"))
            other = needed.get("owner") if needed else None
            if not other or other == promise["person"]:
                continue
        holds.append((blocker["raised_at"], blocker.get("cleared_at") or team.now))
    total, reached = 0, start
    for begin, end in sorted(holds):
        begin, end = max(begin, reached), min(end, stop)
        if end > begin:
            total += team.work_ms(person, begin, end)
            reached = end
    return total


def judge(team, promise):
    state = promise.get("state") or 1
    if state == 4:
        return "excused"
    if state == 5:
        return "released"
    moved = state == 3
    settled = promise.get("settled_at")
    quota = team.quotas.get(promise.get("quota"))
    if state == 2:
        done = settled
    elif state == 1 and quota:
        done = team.quota_met(quota)
    elif state == 1:
        done = settled or task_done(team.tasks.get(promise.get("task")))
    else:
        done = None
    if done and done <= promise["due_at"]:
        return "kept"
    if moved and (settled or 0) < promise["horizon_at"]:
        return "renegotiated"
    in_grace = bool(done) and done < promise["grace_until"]
    if not moved and not in_grace and team.now < promise["grace_until"]:
        return "open"
    person = team.person(promise["person"])
    start, stop = promise["promised_at"], promise["due_at"]
    work = team.work_ms(person, start, stop, absences=False)
    away = work - team.work_ms(person, start, stop) + blocked_ms(team, promise, person)
    if work > 0 and away * 2 >= work:
        return "excused"
    if quota and team.quota_excused(quota):
        return "excused"
    return "late" if in_grace else "missed"


def carried(team, promise):
    by_id = {p["id"]: p for p in team.rows["commitment"]}
    count, at = 0, promise.get("supersedes")
    while at:
        count += 1
        at = by_id.get(at, {}).get("supersedes")
    return count


# -- check-ins ----------------------------------------------------------------------------


def slot_times(team, version, person, day):
    whose = team.team if version.get("zone_mode") == 2 else person
    open_at = whose.instant(day, version["open_minute"])
    due = whose.instant(day, version["due_minute"])
    return open_at, due, due + (version.get("grace_minutes") or 0) * 60000


def asks(team, versions, person, day):
    for i in range(len(versions) - 1, -1, -1):
        version = versions[i]
        if version["from_day"] > day:
            continue
        times = slot_times(team, version, person, day)
        made = version.get("created_at") or 0
        if made > (times[1] if i == 0 else times[0]):
            continue
        return (version, times) if version["days"] >> ((day + 3) % 7) & 1 else (None, None)
    return None, None


def slots_of(team, person, first, last):
    """Counted slots of one person: (day, schedule name, state)."""
    role = person.row.get("role")
    if person.row.get("state") not in (1, "active") or role not in ("member", "lead", 3, 4):
        return []
    found = []
    schedules = sorted(team.rows["schedule"], key=lambda s: (s["name"], s["id"]))
    for place, schedule in enumerate(schedules):
        versions = sorted(
            (v for v in team.rows["schedule_version"] if v["schedule"] == schedule["id"]),
            key=lambda v: (v["from_day"], v.get("created_at") or 0, v["id"]),
        )
        by_id = {v["id"]: v for v in versions}
        came = {
            c["day"]: c
            for c in team.rows["checkin"]
            if c["schedule"] == schedule["id"] and c["person"] == person.id
        }
        for day in range(first, last + 1):
            kind = team.day_kind(person, day)
            if kind == "off":
                continue
            version, times = asks(team, versions, person, day)
            if version is None or person.joined is None or person.joined > times[0]:
                continue
            checkin = came.get(day)
            if checkin and checkin.get("schedule_version") in by_id:
                times = slot_times(team, by_id[checkin["schedule_version"]], person, day)
            if kind in ("holiday", "absent"):
                continue
            if checkin:
                written = checkin["authored_at"]
                state = (
                    "on_time"
                    if written <= times[1]
                    else "in_grace" if written <= times[2] else "late"
                )
            elif team.now > times[2]:
                state = "missed"
            else:
                continue
            found.append((day, place, state))
    return sorted(found)


# -- dues -----------------------------------------------------------------------------------


def due_instant(team, text, owner, at):
    head, _, zone = text.partition(" ")
    day_text, _, clock = head.partition("T")
    day = (date.fromisoformat(day_text) - EPOCH).days
    minute = int(clock[:2]) * 60 + int(clock[3:]) if clock else team.day_end
    place = zone or team.person(owner).zone_at(at)
    return zone_instant(ZoneInfo(place), day, minute)


# -- figures --------------------------------------------------------------------------------


def count(team, window, who):
    """All figures of a person (None: the team) as key: (k, n)."""
    first, last = window["from_day"], window["to_day"]
    start, stop = window["from_ms"], window["to_ms"]
    rows = team.rows
    out = {}

    def whose(id):
        return who is None or id == who

    def inside(at):
        return at is not None and start <= at < stop

    def rate(key, values):
        values = list(values)
        out[key] = (sum(values), len(values))

    def middle(key, values):
        values = list(values)
        out[key] = (median(values), len(values))

    promises = [
        (p, team.judged[p["id"]])
        for p in rows["commitment"]
        if whose(p["person"]) and first <= p["period"] <= last
    ]
    judged = [s for _, s in promises if s in ("kept", "late", "missed")]
    rate("kept", (s == "kept" for s in judged))
    rate("late", (s == "late" for s in judged))
    rate("renegotiated", (s == "renegotiated" for _, s in promises))
    for key in ("excused", "released"):
        rate(key, (1 for _, s in promises if s == key))
    chains = [carried(team, p) for p, s in promises if s == "open" and p.get("supersedes")]
    out["carried"] = (max(chains, default=0), len(chains))

    slots = []
    for person in team.people.values():
        if whose(person.id):
            slots += team.slots(person, first, last)
    states = [s for _, _, s in slots]
    rate("checkins", (s != "missed" for s in states))
    rate("checkins_on_time", (s == "on_time" for s in states))
    streak = 0
    if who is not None:
        for state in reversed(states):
            if state not in ("on_time", "in_grace"):
                break
            streak += 1
    out["streak"] = (streak, streak)

    ages, acks, given = [], [], []
    for blocker in rows["blocker"]:
        raiser = team.person(blocker["raised_by"])
        raised = blocker["raised_at"]
        if blocker["state"] <= 3 and whose(blocker["raised_by"]):
            ages.append(team.work_ms(raiser, raised, blocker.get("cleared_at") or team.now))
        if blocker.get("acked_at") and inside(raised):
            waited = team.work_ms(raiser, raised, blocker["acked_at"])
            if whose(blocker["raised_by"]):
                acks.append(waited)
            if whose(blocker.get("acked_by")):
                given.append(waited)
    middle("blocker_age", ages)
    out["blocker_oldest"] = (max(ages, default=0), len(ages))
    middle("blocker_acknowledged", acks)
    middle("acknowledges_blockers", given)

    active = done = ()
    mine = [t for t in rows["task"] if not t.get("deleted") and whose(t.get("owner"))]
    active = [t for t in mine if t["state"] in ACTIVE and not t.get("archived")]
    done = [t for t in mine if inside(task_done(t))]
    rate("owned", (bool(t.get("owner")) for t in active))
    rate("dated", (bool(t.get("due")) for t in active))
    accepted = {t["id"]: t for t in active + done if t.get("accepted_at")}
    rate("due_moves", (t.get("due_moves") or 0 for t in accepted.values()))
    dated = [t for t in done if t.get("due")]
    for key, field in (("tasks_on_time", "first_due"), ("tasks_on_time_now", "due")):
        rate(
            key,
            (
                t["done_at"] <= due_instant(team, t.get(field) or t["due"], t.get("owner"), t["done_at"])
                for t in dated
            ),
        )
    after = []
    with_feedback = 0
    for task in done:
        sent = [
            f["sent_at"]
            for f in rows["feedback"]
            if f.get("task") == task["id"]
            and f["to_person"] == task.get("owner")
            and f["sent_at"] >= start
        ]
        if sent:
            with_feedback += 1
            after.append(max(0, min(sent) - task["done_at"]))
    out["feedback"] = (with_feedback, len(done))
    middle("feedback_after", after)
    rate(
        "feedback_answered",
        (
            bool(f.get("answered_at"))
            for f in rows["feedback"]
            if whose(f["to_person"]) and inside(f["sent_at"])
        ),
    )

    kudos = {k["id"]: k for k in rows["kudos"] if inside(k["at"])}
    thanks = [t for t in rows["kudos_to"] if t["kudos"] in kudos]
    rate("kudos_received", (1 for t in thanks if whose(t["person"])))
    thanked = {t["kudos"] for t in thanks}
    rate("kudos_given", (1 for k in kudos.values() if k["id"] in thanked and whose(k["from_person"])))

    middle(
        "acknowledges_checkins",
        (
            max(0, c["ack_at"] - c["received_at"])
            for c in rows["checkin"]
            if c.get("ack_at")
            and first <= c["day"] <= last
            and whose(c.get("ack_by"))
            and team.person(c["ack_by"]).row.get("role") in ("lead", 4)
        ),
    )

    brought = quotas = 0
    for quota in rows["quota"]:
        if quota.get("amount", 0) <= 0 or not whose(quota["person"]):
            continue
        if not first <= quota["period"] <= last:
            continue
        amount, came = team.quota(quota)
        brought += came
        quotas += amount
    out["quota"] = (brought, quotas)
    return out


ACTIVE = {1, 2, 3, 4, 5, "open", "assigned", "accepted", "doing", "review"}


def period_end(quota):
    if quota["period_kind"] == 1:
        return quota["period"] + 1
    if quota["period_kind"] == 2:
        return quota["period"] + 7
    first = EPOCH + timedelta(days=quota["period"])
    return ((first.replace(day=1) + timedelta(days=32)).replace(day=1) - EPOCH).days


def add_quota(team):
    corrected = {r["corrects"] for r in team.rows["reading"] if r.get("corrects")}

    def readings(row):
        end = period_end(row)
        return sorted(
            (r["day"], r["at"], r["value"])
            for r in team.rows["reading"]
            if r.get("target") == row["target"]
            and r["by_person"] == row["person"]
            and row["period"] <= r["day"] < end
            and r["id"] not in corrected
        )

    def excused(row):
        person = team.person(row["person"])
        days = range(row["period"], period_end(row))
        work = sum(team.day_kind(person, d, False) == "work" for d in days)
        there = sum(team.day_kind(person, d) == "work" for d in days)
        return work > 0 and 2 * (work - there) >= work

    def met(row):
        came, when = 0, None
        for _, at, value in readings(row):
            came += value
            when = None if came < row["amount"] else when or at
        return when

    def quota(row):
        came = sum(value for _, _, value in readings(row))
        return (0 if excused(row) else row["amount"]), came

    team.quota, team.quota_met, team.quota_excused = quota, met, excused
    team.quotas = {row["id"]: row for row in team.rows["quota"]}


def prepare(rows, now):
    team = Team(rows, now)
    add_quota(team)
    team.judged = {p["id"]: judge(team, p) for p in rows["commitment"]}
    memo = {}

    def slots(person, first, last):
        key = (person.id, first, last)
        if key not in memo:
            memo[key] = slots_of(team, person, first, last)
        return memo[key]

    team.slots = slots
    return team


def compare(team, window, told, differences):
    handle = told["person"]
    who = None
    if handle is not None:
        who = next(p.id for p in team.people.values() if p.row["handle"] == handle)
    counted = count(team, window, who)
    if set(counted) != set(told["figures"]):
        differences.append("figures: " + ", ".join(set(counted) ^ set(told["figures"])))
    for key, figure in told["figures"].items():
        k, n = counted.get(key, (None, None))
        hidden = figure["k"] is None and (n < FEW or figure.get("shown") is False)
        if n != figure["n"] or (k != figure["k"] and not hidden):
            differences.append(
                f"{handle or 'team'} {window['from_day']} {key}: "
                f"told {figure['k']} of {figure['n']}, counted {k} of {n}"
            )
    return len(counted)


def main():
    differences = []
    checked = 0
    with open(sys.argv[1], encoding="utf-8") as file:
        told = json.load(file)
    if len(sys.argv) > 2:
        with open(sys.argv[2], encoding="utf-8") as file:
            stats = json.load(file)
        team = prepare(told["rows"], stats["to_ms"] - 1)
        checked += compare(team, stats, stats["stats"], differences)
    else:
        team = prepare(told["rows"], told["now_ms"])
        for window in told["windows"]:
            for person in window["people"]:
                checked += compare(team, window, person, differences)
    for line in differences[:40]:
        print(line)
    print(f"{checked} figures recounted, {len(differences)} differ")
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main())

"""Writes asana-project.json: a project of the team Orion as Asana's "Export > JSON" gives it.

    python3 make_asana.py > asana-project.json
"""
import json

PEOPLE = {
    "ana": ("1200000000000101", "Ana Ruiz"),
    "kofi": ("1200000000000102", "Kofi Mensah"),
    "mia": ("1200000000000103", "Mia Tanaka"),
}
PROJECT = ("1204000000000001", "Website relaunch")
OTHER = ("1204000000000002", "Quarterly goals")
SECTIONS = {
    "none": ("1204000000000010", "Untitled section"),
    "todo": ("1204000000000011", "To do"),
    "doing": ("1204000000000012", "In progress"),
    "done": ("1204000000000013", "Done"),
    "goals": ("1204000000000021", "This quarter"),
}
TAGS = {"design": ("1200000000000201", "design"), "seo": ("1200000000000202", "SEO, mostly")}


def ref(kind, pair):
    return {"gid": pair[0], "name": pair[1], "resource_type": kind}


def fields(effort=None, priority=None, channels=(), launch=None, reviewer=None, note=None):
    """Every task brings the fields of its project along."""
    level = None
    if priority:
        level = {"gid": "12040000000003" + str(len(priority)).zfill(2), "color": "red",
                 "enabled": True, "name": priority, "resource_type": "enum_option"}
    return [
        {"gid": "1204000000000301", "enabled": True, "name": "Effort", "type": "number",
         "resource_subtype": "number", "number_value": effort, "precision": 1,
         "display_value": None if effort is None else str(effort)},
        {"gid": "1204000000000302", "enabled": True, "name": "Priority", "type": "enum",
         "resource_subtype": "enum", "enum_value": level, "enum_options": [],
         "display_value": priority},
        {"gid": "1204000000000303", "enabled": True, "name": "Channels", "type": "multi_enum",
         "resource_subtype": "multi_enum",
         "multi_enum_values": [{"gid": "120400000000035" + str(i), "name": name}
                               for i, name in enumerate(channels)],
         "display_value": ", ".join(channels) or None},
        {"gid": "1204000000000304", "enabled": True, "name": "Launch", "type": "date",
         "resource_subtype": "date",
         "date_value": {"date": launch, "date_time": None} if launch else None,
         "display_value": launch},
        {"gid": "1204000000000305", "enabled": True, "name": "Reviewer", "type": "people",
         "resource_subtype": "people",
         "people_value": [ref("user", PEOPLE[reviewer])] if reviewer else [],
         "display_value": PEOPLE[reviewer][1] if reviewer else None},
        {"gid": "1204000000000306", "enabled": True, "name": "Brand Name ", "type": "text",
         "resource_subtype": "text", "text_value": note, "display_value": note},
    ]


def task(gid, name, section=None, who=None, followers=(), tags=(), subtasks=(), parent=None,
         done=None, due_on=None, due_at=None, start_on=None, notes="", subtype="default_task",
         created="2026-09-01T08:00:00.000Z", also=(), custom=None, **more):
    memberships = []
    if section:
        memberships.append({"project": ref("project", PROJECT),
                            "section": ref("section", SECTIONS[section])})
    memberships += [{"project": ref("project", OTHER), "section": ref("section", SECTIONS[s])}
                    for s in also]
    out = {
        "gid": gid,
        "assignee": ref("user", PEOPLE[who]) if who else None,
        "assignee_status": "upcoming",
        "completed": done is not None,
        "completed_at": done,
        "created_at": created,
        "custom_fields": custom or [],
        "due_at": due_at,
        "due_on": due_on,
        "followers": [ref("user", PEOPLE[p]) for p in followers],
        "hearted": False,
        "hearts": [],
        "liked": False,
        "likes": [],
        "memberships": memberships,
        "modified_at": "2026-10-02T10:00:00.000Z",
        "name": name,
        "notes": notes,
        "num_hearts": 0,
        "num_likes": 0,
        "parent": parent and ref("task", parent),
        "permalink_url": "https://app.asana.example/0/" + PROJECT[0] + "/" + gid,
        "projects": [m["project"] for m in memberships],
        "resource_subtype": subtype,
        "resource_type": "task",
        "start_at": None,
        "start_on": start_on,
        "subtasks": list(subtasks),
        "tags": [ref("tag", TAGS[t]) for t in tags],
        "workspace": {"gid": "1200000000000001", "name": "orion.example",
                      "resource_type": "workspace"},
    }
    out.update(more)
    return out


def inner(gid, name, parent, **more):
    return task(gid, name, None, parent=parent, **more)


HOME = ("1205000000000001", "Home page")
COPY = ("1205000000000002", "Copy text")
project = {"data": [
    task(HOME[0], HOME[1], "doing", "kofi", ("kofi", "ana", "mia"), ("design",), [
        inner(COPY[0], COPY[1], HOME, who="mia", due_on="2026-10-05", subtasks=[
            inner("1205000000000003", "Ask the lawyers", COPY, who="ana",
                  done="2026-09-20T09:30:00.000Z"),
        ]),
        inner("1205000000000004", "Pictures", HOME, notes="Only our own.\nNo stock."),
    ], due_on="2026-10-09", due_at="2026-10-09T15:00:00.000Z", start_on="2026-09-15",
        notes="The first thing people see.\n\n\u201cShort.\u201d \u65e5\u672c\u8a9e \U0001f680",
        custom=fields(2.5, "High", ("Web", "Print"), "2026-11-01", "ana", "Orion"),
        num_subtasks=2),
    task("1205000000000010", "Move the blog", "todo", custom=fields(3, "Low"),
         created="2026-08-20T08:00:00.000Z", also=("goals",), tags=("seo", "design"),
         dependencies=[{"gid": HOME[0], "resource_type": "task"},
                       {"gid": "1205999999999999", "resource_type": "task"}]),
    task("1205000000000011", "Redirects", "todo", "kofi", due_on="2026-02-31",
         custom=fields(), dependents=[{"gid": "1205000000000010", "resource_type": "task"}]),
    task("1205000000000012", "Launch", "todo", "ana", subtype="milestone", due_on="2026-11-01",
         custom=fields()),
    task("1205000000000013", "Legal", "done", "ana", ("kofi",), done="2026-09-11T16:45:12.345Z",
         custom=fields(0.1), subtype="approval", approval_status="approved"),
    task("9007199254740993", "The id that a double cannot hold", "none", custom=fields()),
    task("9007199254740992", "", "none", custom=fields()),
]}

if __name__ == "__main__":
    print(json.dumps(project, indent=1, ensure_ascii=False))

/* muster schema list: the domain as it is described, and the fields of every --json. */
#include <stdio.h>

#include "client/cli/commands.h"
#include "common/model/domain.h"
#include "common/model/intent.h"

/* What stands at the top of the object that each command prints. */
static const struct {
    const char *command;
    const char *fields;
} outputs[] = {
    {"status", "workspace team member device role link offline_since incarnation cursor head "
               "pending oldest_pending_s conflicts refused digest server_time degraded parked"},
    {"list", "tasks[ref id title state column owner helpers[] due labels[] goal blocked pending "
             "updated_seq archived deleted] more"},
    {"show", "task{as in list, description start no_date reason source_url created_at created_by "
             "done_at accepted_at first_due due_moves parent checklists[] comments[] attachments[] "
             "fields[] conflicts[] promises[] blockers[] parts[] history[]}"},
    {"log", "entries[seq at received person intent waiting refused conflict text reason] more; "
            "with -f a stream of {entry}"},
    {"add, edit, move, ...", "task saved pending"},
    {"undo, member, device, ...", "text saved pending"},
    {"goal list", "goals[ref id title description why owner reviewer parent start_day end_day "
                  "start end cadence state reason confidence smart health own_health health_note "
                  "pace_percent workdays workdays_over uncovered proposal tasks{total done active "
                  "owned dated} targets[ref id name unit direction source precision baseline aim "
                  "value readings quotas reached progress_permille expected_permille health] "
                  "pending]"},
    {"goal show", "goal{as in goal list} breakdown[depth, as in list]"},
    {"goal add, goal edit, ...", "goal{as in goal list} saved pending"},
    {"target add, record, quota set, ...", "target{as in goal list} saved pending"},
    {"quota list",
     "quotas[ref id target person period_kind period period_from amount brought met excused "
     "accepted accepted_amount accepted_at pending] team{brought expected excused "
     "people met excused_people}"},
    {"promises",
     "promises[ref id person task title period_kind period period_from state overdue promised_at "
     "horizon_at due_at grace_until done_at carried supersedes successor reason "
     "pending] counts{open kept late missed renegotiated excused released judged}"},
    {"promise, renegotiate, carry, ...", "promise{as in promises} saved pending"},
    {"blockers", "blockers[ref id task title reason kind state raised_by needs needs_task "
                 "next_action how raised_at acked_by acked_at cleared_by cleared_at age_s ack_s "
                 "pending]"},
    {"block, unblock, blocker ...", "blocker{as in blockers} saved pending"},
    {"conflicts", "conflicts[ref id kind state task entity row field kept kept_by kept_at lost "
                  "lost_by lost_at settled_by]"},
    {"series list", "series[ref id title rule basis start due_minute zone owner next ended]"},
    {"stats", "from_day to_day from_ms to_ms stats{person lead figures{key{k n shown}}} "
              "explained{key{formula counted[row as value changes[]]}}"},
    {"report, review",
     "from to people[as stats] team{as stats} tasks_done wins[] kudos[] goals[] blockers[] "
     "unthanked[]"},
    {"kudos list", "kudos[ref id from at to[] text tag about marks[mark count mine]]"},
    {"wins", "wins[ref id person kind about level run text posted_by at] proposed[as wins]"},
    {"feedback list", "received[ref id from to about week visibility state did_well improve "
                      "next_step reply commitment sent read answered] sent[as received] team[..]"},
    {"feedback read", "feedback{as in list} vouched"},
    {"member skills", "person skills"},
    {"invite", "handle invite expires"},
    {"join", "workspace team member device"},
    {"sync", "level cursor head pending refused conflicts"},
    {"verify", "verified first last"},
    {"import", "dry_run changes import{report{in out findings[]} rows{}}"},
    {"import muster",
     "dry_run changes rows{entity{in created unchanged other_here left_out reason}} "
     "values_left_out content_digest content_digest_here"},
    {"export json", "kind team incarnation cursor rows{entity[id, fields as below]} content_rows "
                    "content_digest"},
    {"errors (on stderr)", "error{code message hint}"},
};

static const char *limit_text(const struct mu_field *field, char out_text[static 32])
{
    out_text[0] = '\0';
    const struct mu_entity *target =
        field->type == MU_TYPE_ID ? mu_entity_find(field->limit) : NULL;
    if (target != NULL) {
        (void)snprintf(out_text, 32, "%s", target->name);
    } else if (field->limit > 0 && field->type != MU_TYPE_ID) {
        (void)snprintf(out_text, 32, "%lu", (unsigned long)field->limit);
    }
    return out_text;
}

static enum mu_status say_text(struct mu_cli *cli, struct mu_error *err)
{
    size_t count = 0;
    char limit[32];
    const struct mu_entity *entities = mu_entities(&count);
    for (size_t i = 0; i < sizeof outputs / sizeof *outputs; i++) {
        MU_TRY(mu_cli_say(cli, err, "%s%s%s\t%s\n", mu_paint(cli, MU_BOLD), outputs[i].command,
                          mu_unpaint(cli), outputs[i].fields));
    }
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < entities[i].field_count; j++) {
            const struct mu_field *field = &entities[i].fields[j];
            MU_TRY(mu_cli_say(cli, err, "%s.%s\t%s\t%s\t%s\n", entities[i].name, field->name,
                              mu_type_name(field->type), limit_text(field, limit),
                              mu_merge_name(field->merge)));
        }
    }
    return MU_OK;
}

static void entities_json(struct mu_json *json)
{
    size_t count = 0;
    const struct mu_entity *entities = mu_entities(&count);
    mu_json_array(json, "entities");
    for (size_t i = 0; i < count; i++) {
        mu_json_object(json, NULL);
        mu_json_str(json, "name", entities[i].name);
        mu_json_int(json, "number", entities[i].number);
        mu_json_array(json, "fields");
        for (size_t j = 0; j < entities[i].field_count; j++) {
            const struct mu_field *field = &entities[i].fields[j];
            const struct mu_entity *target =
                field->type == MU_TYPE_ID ? mu_entity_find(field->limit) : NULL;
            mu_json_object(json, NULL);
            mu_json_str(json, "name", field->name);
            mu_json_int(json, "number", field->number);
            mu_json_str(json, "type", mu_type_name(field->type));
            mu_json_int(json, "limit", field->type == MU_TYPE_ID ? 0 : (int64_t)field->limit);
            if (target != NULL) {
                mu_json_str(json, "refers_to", target->name);
            } else {
                mu_json_null(json, "refers_to");
            }
            mu_json_str(json, "merge", mu_merge_name(field->merge));
            mu_json_close(json);
        }
        mu_json_close(json);
        mu_json_close(json);
    }
    mu_json_close(json);
}

static enum mu_status say_json(struct mu_cli *cli, struct mu_error *err)
{
    struct mu_json json;
    mu_cli_json(cli, &json);
    mu_json_object(&json, "outputs");
    for (size_t i = 0; i < sizeof outputs / sizeof *outputs; i++) {
        mu_json_str(&json, outputs[i].command, outputs[i].fields);
    }
    mu_json_close(&json);
    entities_json(&json);
    return mu_cli_json_end(&json, err);
}

enum mu_status mu_run_schema_list(struct mu_cli *cli, struct mu_error *err)
{
    MU_TRY(mu_cli_no_more(cli, err));
    return cli->json ? say_json(cli, err) : say_text(cli, err);
}

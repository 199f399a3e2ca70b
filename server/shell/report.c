#include "server/shell/report.h"

#include <inttypes.h>
#include <time.h>

#define TIME_ROOM 32

static enum mu_status append_char(struct mu_buf *out, unsigned char c)
{
    if (c < 0x20 || c == 0x7f) {
        return mu_buf_printf(out, "\\u%04x", (unsigned)c);
    }
    if (c == '"' || c == '\\') {
        MU_TRY(mu_buf_append_byte(out, '\\'));
    }
    return mu_buf_append_byte(out, c);
}

enum mu_status mu_json_string(struct mu_buf *out, const char *text)
{
    MU_TRY(mu_buf_append_byte(out, '"'));
    for (const char *next = text; *next != '\0'; next++) {
        MU_TRY(append_char(out, (unsigned char)*next));
    }
    return mu_buf_append_byte(out, '"');
}

struct names {
    char workspace[MU_ID_TEXT_LEN + 1];
    char incarnation[MU_ID_TEXT_LEN + 1];
    char digest[2 * MU_HASH_LEN + 1];
    char chain[2 * MU_HASH_LEN + 1];
};

static void name_things(const struct mu_server_status *server, struct names *out)
{
    mu_id_text(server->head.workspace, out->workspace);
    mu_id_text(server->head.incarnation, out->incarnation);
    mu_hex(mu_hash_view(&server->digest_root), out->digest);
    mu_hex(mu_hash_view(&server->head.chain), out->chain);
}

static void write_time(int64_t ms, char out_text[static TIME_ROOM])
{
    time_t seconds = (time_t)(ms / 1000);
    struct tm parts = {0};
    if (gmtime_r(&seconds, &parts) == NULL ||
        strftime(out_text, TIME_ROOM, "%Y-%m-%dT%H:%M:%SZ", &parts) == 0) {
        out_text[0] = '\0';
    }
}

static enum mu_status describe_backup(const struct mu_report *report, struct mu_buf *out)
{
    const struct mu_log_head *head = &report->server.head;
    if (head->safe_seq == 0) {
        return mu_buf_append_str(out, "backup     none yet\n");
    }
    MU_TRY(mu_buf_printf(out, "backup     up to change %" PRIu64 ", %" PRIu64 " since",
                         head->safe_seq, head->seq - head->safe_seq));
    if (report->backup.found && report->backup.seq == head->safe_seq) {
        char time[TIME_ROOM];
        write_time(report->backup.made_ms, time);
        MU_TRY(mu_buf_printf(out, ", made %s", time));
    }
    return mu_buf_append_byte(out, '\n');
}

enum mu_status mu_report_text(const struct mu_report *report, struct mu_buf *out)
{
    const struct mu_server_status *server = &report->server;
    struct names names;
    name_things(server, &names);
    if (report->endpoint != NULL) {
        MU_TRY(mu_buf_printf(out, "serving    %s (process %ld)\n", report->endpoint, report->pid));
    } else {
        MU_TRY(mu_buf_append_str(out, "serving    no\n"));
    }
    MU_TRY(mu_buf_printf(out,
                         "workspace  %s\n"
                         "head       change %" PRIu64 ", digest %.16s\n"
                         "people     %" PRIu64 " members, %" PRIu64 " devices, %" PRIu64
                         " connected\n",
                         names.workspace, server->head.seq, names.digest, server->members,
                         server->devices, report->connected));
    if (server->backlog > 0) {
        MU_TRY(
            mu_buf_printf(out, "backlog    %" PRIu64 " changes to the slowest\n", server->backlog));
    }
    return describe_backup(report, out);
}

enum mu_status mu_report_json(const struct mu_report *report, struct mu_buf *out)
{
    const struct mu_server_status *server = &report->server;
    struct names names;
    name_things(server, &names);
    MU_TRY(mu_buf_printf(out, "{\"schema\":1,\"workspace\":\"%s\",\"serving\":%s,", names.workspace,
                         report->endpoint != NULL ? "true" : "false"));
    if (report->endpoint != NULL) {
        MU_TRY(mu_buf_append_str(out, "\"endpoint\":"));
        MU_TRY(mu_json_string(out, report->endpoint));
        MU_TRY(mu_buf_printf(out, ",\"pid\":%ld,", report->pid));
    }
    MU_TRY(mu_buf_printf(
        out,
        "\"incarnation\":\"%s\",\"head\":%" PRIu64 ",\"chain\":\"%s\","
        "\"digest\":\"%s\",\"epoch\":%" PRIu32 ",\"members\":%" PRIu64 ",\"devices\":%" PRIu64
        ",\"connected\":%" PRIu64 ",\"connections\":%" PRIu64 ",\"backlog\":%" PRIu64
        ",\"horizon\":%" PRIu64 ",\"safe_seq\":%" PRIu64,
        names.incarnation, server->head.seq, names.chain, names.digest, server->head.epoch,
        server->members, server->devices, report->connected, report->connections, server->backlog,
        server->head.horizon, server->head.safe_seq));
    if (report->backup.found) {
        char time[TIME_ROOM];
        write_time(report->backup.made_ms, time);
        MU_TRY(mu_buf_printf(out, ",\"last_backup\":{\"seq\":%" PRIu64 ",\"at\":\"%s\"}",
                             report->backup.seq, time));
    }
    return mu_buf_append_str(out, "}\n");
}

enum mu_status mu_report_trouble(const struct mu_report *report, const char *problem, bool json,
                                 struct mu_buf *out)
{
    if (!json) {
        return mu_buf_printf(out, "serving    %s (process %ld): %s, waiting for room\n",
                             report->endpoint, report->pid, problem);
    }
    MU_TRY(mu_buf_append_str(out, "{\"schema\":1,\"serving\":true,\"endpoint\":"));
    MU_TRY(mu_json_string(out, report->endpoint));
    MU_TRY(mu_buf_printf(out, ",\"pid\":%ld,\"problem\":", report->pid));
    MU_TRY(mu_json_string(out, problem));
    return mu_buf_append_str(out, "}\n");
}

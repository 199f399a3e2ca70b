#include "client/tui/talk.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "client/tui/term.h"

#define TEXT_ROOM ((size_t)8 << 20)

void mu_talk_init(struct mu_talk *talk, struct mu_desk *desks, size_t count, int in, FILE *out)
{
    MU_ASSERT(count > 0 && count <= MU_TERM_OTHERS_MAX);
    *talk = (struct mu_talk){.desks = desks, .count = count, .in = in, .out = out};
    mu_buf_init(&talk->text, TEXT_ROOM);
}

void mu_talk_deinit(struct mu_talk *talk)
{
    mu_buf_deinit(&talk->text);
}

enum mu_status mu_talk_tell(struct mu_talk *talk, struct mu_error *err)
{
    bool ok = fwrite(talk->text.data, 1, talk->text.len, talk->out) == talk->text.len &&
              fflush(talk->out) == 0;
    mu_buf_clear(&talk->text);
    return ok ? MU_OK : mu_fail(err, MU_E_IO, "write: %s", strerror(errno));
}

/* What others did, a line each. */
static enum mu_status tell_news(struct mu_talk *talk, struct mu_error *err)
{
    struct mu_desk *desk = &talk->desks[0];
    struct mu_slice news = {0};
    bool any = false;
    MU_TRY(mu_desk_read(desk, err));
    MU_TRY(mu_desk_news(desk, talk->seq, &news, &any, err));
    talk->seq = desk->status.cursor.seq;
    if (any) {
        MU_TRY(mu_buf_append(&talk->text, news.data, news.len));
        MU_TRY(mu_buf_append_byte(&talk->text, '\n'));
    }
    return mu_talk_tell(talk, err);
}

static enum mu_status hear(struct mu_talk *talk, struct mu_error *err)
{
    for (size_t i = 0; i < talk->count; i++) {
        bool changed = false;
        mu_desk_listen(&talk->desks[i], &changed);
        if (changed && i == 0) {
            MU_TRY(tell_news(talk, err));
        }
    }
    return MU_OK;
}

enum mu_status mu_talk_line(struct mu_talk *talk, char line[static MU_TALK_LINE_MAX], bool *out_end,
                            struct mu_error *err)
{
    size_t len = 0;
    *out_end = false;
    for (;;) {
        struct pollfd files[1 + MU_TERM_OTHERS_MAX] = {{.fd = talk->in, .events = POLLIN}};
        char byte = '\n';
        for (size_t i = 0; i < talk->count; i++) {
            files[1 + i] = (struct pollfd){.fd = talk->desks[i].link.socket, .events = POLLIN};
        }
        int ready = poll(files, 1 + talk->count, mu_desk_patience_ms(&talk->desks[0]));
        if (ready > 0 && files[0].revents != 0) {
            if (read(talk->in, &byte, 1) <= 0) {
                *out_end = true;
                return MU_OK;
            }
            if (byte == '\n') {
                line[len] = '\0';
                return MU_OK;
            }
            if (len + 1 < MU_TALK_LINE_MAX && byte != '\0') {
                line[len++] = byte;
            }
            continue;
        }
        MU_TRY(hear(talk, err));
    }
}

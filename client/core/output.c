#include "client/core/output.h"

#include <stdarg.h>
#include <stdio.h>

#include "client/core/inside.h"

#define LOG_MAX 256

static enum mu_status add(struct mu_client *client, enum mu_client_output_kind kind,
                          struct mu_slice bytes, struct mu_error *err)
{
    struct mu_client_output *output = mu_list_add(&client->outputs);
    if (output == NULL || !mu_arena_copy(&client->output_arena, bytes, &output->bytes)) {
        return mu_fail(err, MU_E_NOMEM, "outputs of a turn");
    }
    output->kind = kind;
    return MU_OK;
}

enum mu_status mu_output_add(struct mu_client *client, enum mu_client_output_kind kind,
                             struct mu_error *err)
{
    return add(client, kind, (struct mu_slice){0}, err);
}

enum mu_status mu_output_send(struct mu_client *client, const struct mu_message *message,
                              struct mu_error *err)
{
    MU_BUF_AUTO struct mu_buf bytes;
    mu_buf_init(&bytes, MU_MESSAGE_MAX);
    enum mu_status status = mu_message_encode(message, &client->turn_arena, &bytes);
    if (status != MU_OK) {
        return mu_fail(err, status, "message %s: %s", mu_message_name(message->kind),
                       mu_status_text(status));
    }
    return add(client, MU_CLIENT_SEND, mu_buf_view(&bytes), err);
}

enum mu_status mu_output_log(struct mu_client *client, struct mu_error *err, const char *fmt, ...)
{
    char line[LOG_MAX];
    va_list args;
    va_start(args, fmt);
    (void)vsnprintf(line, sizeof line, fmt, args);
    va_end(args);
    return add(client, MU_CLIENT_LOG, mu_slice_str(line), err);
}

#include "server/shell/config.h"

#include <stdio.h>
#include <string.h>

static const char SCHEME[] = "tcp://";

/* Printable ASCII without blanks: what libzmq, a terminal and an invite line can all bear. */
static bool is_plain(const char *text)
{
    for (const char *next = text; *next != '\0'; next++) {
        if (*next <= 0x20 || *next >= 0x7f) {
            return false;
        }
    }
    return true;
}

static bool parse_port(const char *text, uint16_t *out_port)
{
    if (strcmp(text, "*") == 0) {
        *out_port = 0;
        return true;
    }
    uint32_t port = 0;
    size_t digits = 0;
    for (; text[digits] >= '0' && text[digits] <= '9' && digits < 6; digits++) {
        port = port * 10 + (uint32_t)(text[digits] - '0');
    }
    if (digits == 0 || text[digits] != '\0' || port > UINT16_MAX) {
        return false;
    }
    *out_port = (uint16_t)port;
    return true;
}

enum mu_status mu_endpoint_parse(const char *text, struct mu_endpoint *out, struct mu_error *err)
{
    if (strlen(text) > MU_ENDPOINT_MAX || !is_plain(text)) {
        return mu_fail(err, MU_E_INVALID, "an address is up to %d plain characters",
                       MU_ENDPOINT_MAX);
    }
    const char *colon = strrchr(text, ':');
    size_t scheme_len = sizeof SCHEME - 1;
    if (strncmp(text, SCHEME, scheme_len) != 0 || colon < text + scheme_len) {
        return mu_fail(err, MU_E_INVALID, "'%.80s' is no address; write tcp://HOST:PORT", text);
    }
    struct mu_endpoint found = {0};
    const char *host = text + scheme_len;
    size_t len = (size_t)(colon - host);
    bool bracketed = len >= 2 && host[0] == '[' && host[len - 1] == ']';
    if (bracketed) {
        host++;
        len -= 2;
    }
    if (len == 0 || (!bracketed && memchr(host, ':', len) != NULL)) {
        return mu_fail(err, MU_E_INVALID, "'%.80s': write the host as a name, 10.0.0.1 or [::1]",
                       text);
    }
    memcpy(found.host, host, len);
    if (!parse_port(colon + 1, &found.port)) {
        return mu_fail(err, MU_E_INVALID, "'%.80s': the port is 1 to 65535, or * for any", text);
    }
    found.is_wildcard = strcmp(found.host, "*") == 0 || strcmp(found.host, "0.0.0.0") == 0 ||
                        strcmp(found.host, "::") == 0;
    *out = found;
    return MU_OK;
}

enum mu_status mu_endpoint_print(const struct mu_endpoint *endpoint,
                                 char out_text[static MU_ENDPOINT_ROOM], struct mu_error *err)
{
    bool bracket = strchr(endpoint->host, ':') != NULL;
    char port[8] = "*";
    if (endpoint->port != 0) {
        (void)snprintf(port, sizeof port, "%u", (unsigned)endpoint->port);
    }
    int len = snprintf(out_text, MU_ENDPOINT_ROOM, "tcp://%s%s%s:%s", bracket ? "[" : "",
                       endpoint->host, bracket ? "]" : "", port);
    if (len < 0 || len >= MU_ENDPOINT_ROOM) {
        return mu_fail(err, MU_E_LIMIT, "the address is too long");
    }
    return MU_OK;
}

/* Cut blanks off both ends of a line, in place. */
static char *trim(char *text)
{
    while (*text == ' ' || *text == '\t') {
        text++;
    }
    size_t len = strlen(text);
    while (len > 0 && (text[len - 1] == ' ' || text[len - 1] == '\t' || text[len - 1] == '\r')) {
        text[--len] = '\0';
    }
    return text;
}

static enum mu_status parse_line(char *line, int number, struct mu_config *out,
                                 struct mu_error *err)
{
    char *name = trim(line);
    if (name[0] == '\0' || name[0] == '#') {
        return MU_OK;
    }
    char *equals = strchr(name, '=');
    if (equals == NULL) {
        return mu_fail(err, MU_E_INVALID, "%s, line %d: write name = value", MU_CONFIG_NAME,
                       number);
    }
    *equals = '\0';
    name = trim(name);
    const char *value = trim(equals + 1);
    char *target = NULL;
    if (strcmp(name, "listen") == 0) {
        target = out->listen;
    } else if (strcmp(name, "public") == 0) {
        target = out->public_endpoint;
    } else {
        return mu_fail(err, MU_E_INVALID, "%s, line %d: there is no setting '%.40s'",
                       MU_CONFIG_NAME, number, name);
    }
    struct mu_endpoint endpoint;
    if (mu_endpoint_parse(value, &endpoint, err) != MU_OK) {
        return mu_error_wrap(err, "%s, line %d", MU_CONFIG_NAME, number);
    }
    memcpy(target, value, strlen(value) + 1); /* the parser bounded it */
    return MU_OK;
}

enum mu_status mu_config_parse(struct mu_slice text, struct mu_config *out, struct mu_error *err)
{
    struct mu_config found = {.listen = MU_LISTEN_DEFAULT};
    size_t at = 0;
    int number = 0;
    while (at < text.len) {
        char line[512];
        size_t len = 0;
        for (; at < text.len && text.data[at] != '\n'; at++) {
            if (text.data[at] == '\0' || len + 1 >= sizeof line) {
                return mu_fail(err, MU_E_INVALID, "%s, line %d: too long, or no text",
                               MU_CONFIG_NAME, number + 1);
            }
            line[len++] = (char)text.data[at];
        }
        at++;
        line[len] = '\0';
        number++;
        MU_TRY(parse_line(line, number, &found, err));
    }
    if (found.public_endpoint[0] == '\0') {
        memcpy(found.public_endpoint, found.listen, sizeof found.public_endpoint);
    }
    *out = found;
    return MU_OK;
}

enum mu_status mu_config_print(const struct mu_config *config, struct mu_buf *out)
{
    return mu_buf_printf(out,
                         "# Where musterd listens, and the address that invites name.\n"
                         "listen = %s\npublic = %s\n",
                         config->listen, config->public_endpoint);
}

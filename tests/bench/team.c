#include "tests/bench/team.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define SERVER MUSTER_PROGRAMS "/musterd"
#define MUSTER MUSTER_PROGRAMS "/muster"
#define AGENT  MUSTER_PROGRAMS "/muster-agent"
#define TEXT   65536

static void give_up(const char *what)
{
    perror(what);
    exit(1);
}

/* A port that nobody has just now. */
static unsigned free_port(void)
{
    int probe = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_addr = {.s_addr = htonl(INADDR_LOOPBACK)}};
    socklen_t len = sizeof address;
    if (probe < 0 || bind(probe, (struct sockaddr *)&address, len) != 0 ||
        getsockname(probe, (struct sockaddr *)&address, &len) != 0) {
        give_up("port");
    }
    (void)close(probe);
    return ntohs(address.sin_port);
}

static const char *last_line(char *text)
{
    size_t len = strlen(text);
    while (len > 0 && text[len - 1] == '\n') {
        text[--len] = '\0';
    }
    char *line = strrchr(text, '\n');
    return line != NULL ? line + 1 : text;
}

void mu_team_home(const struct mu_bench_team *team, const char *who, char *out, size_t size)
{
    (void)snprintf(out, size, "%s/%s", team->folder, who);
}

struct mu_program_cost mu_team_muster(const struct mu_bench_team *team, const char *who,
                                      const char *const *words, const char *input, char *out,
                                      size_t size)
{
    struct mu_program_cost cost;
    char home[300];
    const char *all[MU_BENCH_WORDS_MAX + 1] = {MUSTER, "--home", home};
    size_t count = 3;
    mu_team_home(team, who, home, sizeof home);
    for (size_t i = 0; words[i] != NULL && count < MU_BENCH_WORDS_MAX; i++) {
        all[count++] = words[i];
    }
    mu_program_measure(all, input, out, size, &cost);
    return cost;
}

struct mu_program_cost mu_team_sync(const struct mu_bench_team *team, const char *who)
{
    char out[512];
    const char *const words[] = {"sync", "--wait", "120s", NULL};
    return mu_team_muster(team, who, words, NULL, out, sizeof out);
}

static struct mu_program_cost join(const struct mu_bench_team *team, const char *who,
                                   const char *invite)
{
    char out[512];
    const char *const words[] = {"join", "-", "--device", who, "--wait", "300s", NULL};
    return mu_team_muster(team, who, words, invite, out, sizeof out);
}

unsigned mu_team_port(const struct mu_bench_team *team)
{
    const char *colon = strrchr(team->endpoint, ':');
    return (unsigned)strtoul(colon + 1, NULL, 10);
}

static void serve(struct mu_bench_team *team)
{
    char line[256];
    const char *const words[] = {SERVER, "serve", "--data", team->server_data, NULL};
    team->server = mu_program_start(words, "ready ", line, sizeof line);
}

void mu_team_restart(struct mu_bench_team *team)
{
    mu_program_stop(team->server);
    serve(team);
}

void mu_team_begin(struct mu_bench_team *team, const char *where)
{
    static char text[TEXT];
    *team = (struct mu_bench_team){0};
    (void)snprintf(team->folder, sizeof team->folder, "%s/bench-XXXXXX", where);
    if (mkdtemp(team->folder) == NULL || setenv("MUSTER_NO_AGENT", "1", 1) != 0) {
        give_up(where);
    }
    (void)snprintf(team->server_data, sizeof team->server_data, "%s/server", team->folder);
    (void)snprintf(team->endpoint, sizeof team->endpoint, "tcp://127.0.0.1:%u", free_port());
    const char *const found[] = {SERVER,     "init",         "--data", team->server_data,
                                 "--team",   "Bench",        "--lead", "Ana Ruiz <ana>",
                                 "--listen", team->endpoint, NULL};
    mu_program_must(found, NULL, text, sizeof text);
    char invite[1024];
    (void)snprintf(invite, sizeof invite, "%s\n", last_line(text));
    serve(team);
    (void)join(team, "lead", invite);
}

struct mu_program_cost mu_team_join(const struct mu_bench_team *team, const char *who)
{
    static char text[TEXT];
    const char *const words[] = {"invite", who, "--name", who, NULL};
    (void)mu_team_muster(team, "lead", words, NULL, text, sizeof text);
    char invite[1024];
    (void)snprintf(invite, sizeof invite, "%s\n", last_line(text));
    (void)mu_team_sync(team, "lead");
    return join(team, who, invite);
}

pid_t mu_team_agent(const struct mu_bench_team *team, const char *who)
{
    char home[300];
    mu_team_home(team, who, home, sizeof home);
    const char *const words[] = {AGENT, "run", "--home", home, NULL};
    return mu_program_start(words, NULL, NULL, 0);
}

void mu_team_fill(const struct mu_bench_team *team, size_t tasks)
{
    static const char *const columns[] = {"Backlog", "To do", "Doing", "Review", "Done"};
    static char text[TEXT];
    char path[300];
    (void)snprintf(path, sizeof path, "%s/board-%zu.csv", team->folder, tasks);
    FILE *file = fopen(path, "w");
    if (file == NULL) {
        give_up(path);
    }
    (void)fprintf(file, "Name,Owner,Due,Section,Labels,Notes\n");
    for (size_t i = 0; i < tasks; i++) {
        (void)fprintf(file,
                      "A task like many others with number %zu,p%zu,2026-12-%02zu,%s,l%zu,"
                      "What is to be done here is said in a sentence or two that nobody reads "
                      "twice\n",
                      i, i % 40, i % 28 + 1, columns[i % 5], i % 7);
    }
    if (fclose(file) != 0) {
        give_up(path);
    }
    const char *const words[] = {
        "import",
        "csv",
        path,
        "--map",
        "title=Name,owner=Owner,due=Due,column=Section,labels=Labels,desc=Notes",
        NULL};
    (void)mu_team_muster(team, "lead", words, NULL, text, sizeof text);
    (void)mu_team_sync(team, "lead");
}

void mu_team_end(struct mu_bench_team *team)
{
    char out[64];
    mu_program_stop(team->server);
    const char *const words[] = {"/bin/rm", "-rf", team->folder, NULL};
    mu_program_must(words, NULL, out, sizeof out);
}

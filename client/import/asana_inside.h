/* What the parts of the Asana reader share; private to client/import.
 *
 *   asana.c          the file: what it is, its tasks one by one
 *   asana_json.c     members of an object as checked values
 *   asana_names.c    people, tags, projects and sections, by gid
 *   asana_task.c     tasks and their subtasks
 *   asana_fields.c   custom fields and values
 *   asana_log.c      stories and attachments, where somebody put them into the file
 *   asana_end.c      which board it is, order, parents
 *   asana_report.c   findings in words */
#ifndef MUSTER_CLIENT_IMPORT_ASANA_INSIDE_H
#define MUSTER_CLIENT_IMPORT_ASANA_INSIDE_H

#include <jansson.h>

#include "client/import/asana.h"
#include "client/import/findings.h"
#include "client/import/id_map.h"
#include "client/import/vec.h"

/* mark: place in reading order + 1 of the task that named it last, so that one task takes each
 * but once. */
struct asana_person {
    struct mu_source_person person;
    uint32_t mark;
};
struct asana_label {
    struct mu_source_label label;
    uint32_t mark;
};
struct asana_field {
    struct mu_source_field field;
    uint32_t mark;
};
struct asana_project {
    struct mu_slice id;
    struct mu_slice name;
    size_t tasks; /* that do not stand inside another */
    uint32_t mark;
};

/* That a task is in a project, and in which section of it. */
struct asana_home {
    uint32_t task;           /* place in reading order */
    uint32_t project;        /* MU_SOURCE_NONE: a section alone */
    struct mu_slice section; /* its id; empty: none */
    struct mu_slice section_name;
};

/* A task while it is read; `card` is what becomes of it. */
struct asana_task {
    struct mu_source_card card;
    uint32_t raw;              /* its place in reading order, that of the file */
    uint32_t under;            /* of the task that it stands inside of, or MU_SOURCE_NONE */
    struct mu_slice parent_id; /* of the task that it names; may be empty */
    struct mu_slice parent_name;
    size_t homes, home_count; /* a run of asana.homes */
    size_t claimed, inner;    /* subtasks by its own count, and in the file */
};

/* A subtask that waits for its turn. */
struct asana_wait {
    const json_t *json;
    uint32_t under;
};

/* That a task waits for another, or another for it. */
struct asana_link {
    uint32_t task; /* place in reading order */
    bool blocking;
    struct mu_slice id;
    struct mu_slice name; /* may be empty */
};

struct asana {
    struct mu_arena *arena;
    struct mu_error *err;
    const struct mu_asana_options *options;
    struct mu_slice text; /* of the file */
    struct mu_findings findings;
    struct mu_import_report report;

    struct mu_vec people, labels, projects, homes, fields, tasks, values;
    struct mu_vec comments, activities, attachments, lists, waiting, links;
    struct mu_id_map person_ids, label_ids, project_ids, field_ids, task_ids, log_ids, list_ids;
    struct mu_id_map titles; /* of tasks without a gid that could be used */
    struct mu_slice heading; /* id of the last task that is a heading; may be empty */
    struct mu_slice heading_name;
    size_t root_count; /* tasks that do not stand inside another */
    bool is_page;      /* the API had more */
};

static inline struct asana_task *asana_task_at(const struct asana *a, size_t raw)
{
    return mu_vec_at(&a->tasks, raw);
}

/* -- asana_json.c */
/* The arena is full. */
MU_MUST_USE enum mu_status asana_full(struct asana *a);
/* A gid: a text, or a whole number as old exports have it.  Empty when there is none of
 * 1 .. MU_SOURCE_ID_MAX bytes.  In the arena. */
MU_MUST_USE enum mu_status asana_id(struct asana *a, const json_t *object, struct mu_slice *out_id);
/* A copy, cut at max bytes (and reported). */
MU_MUST_USE enum mu_status asana_copy(struct asana *a, struct mu_slice text, size_t max,
                                      struct mu_slice *out_text);
MU_MUST_USE enum mu_status asana_text(struct asana *a, const json_t *object, const char *key,
                                      size_t max, struct mu_slice *out_text);
/* MU_WHEN_NONE when absent; what is not understood is reported. */
struct mu_source_time asana_time(struct asana *a, const json_t *object, const char *key);
bool asana_true(const json_t *object, const char *key);
/* An id of what has only a text: its hash. */
MU_MUST_USE enum mu_status asana_text_id(struct asana *a, const char *kind, struct mu_slice text,
                                         struct mu_slice *out_id);
/* The id when it fits an id's length, its hash otherwise. */
MU_MUST_USE enum mu_status asana_part_id(struct asana *a, const char *front, struct mu_slice id,
                                         struct mu_slice *out_id);

/* -- asana_names.c */
/* MU_SOURCE_NONE for null, and for who has no gid. */
MU_MUST_USE enum mu_status asana_person(struct asana *a, const json_t *person,
                                        uint32_t *out_person);
MU_MUST_USE enum mu_status asana_label(struct asana *a, struct mu_slice id, struct mu_slice name,
                                       struct mu_slice colour, uint32_t *out_label);
/* MU_SOURCE_NONE for null. */
MU_MUST_USE enum mu_status asana_project(struct asana *a, const json_t *project,
                                         uint32_t *out_project);

/* -- asana_task.c */
/* A task of the file's list, with all that stands inside of it. */
MU_MUST_USE enum mu_status asana_read_task(struct asana *a, const json_t *json);

/* -- asana_fields.c */
MU_MUST_USE enum mu_status asana_read_fields(struct asana *a, const json_t *task, uint32_t raw);

/* Dependencies, as values of a field of their own. */
MU_MUST_USE enum mu_status asana_end_links(struct asana *a);

/* -- asana_log.c */
MU_MUST_USE enum mu_status asana_read_log(struct asana *a, const json_t *task, uint32_t raw);
MU_MUST_USE enum mu_status asana_read_attachments(struct asana *a, const json_t *task,
                                                  uint32_t raw);

/* -- asana_end.c */
MU_MUST_USE enum mu_status asana_end(struct asana *a, struct mu_source_board *out);

/* -- asana_report.c */
/* "'title': detail", or the title alone. */
void asana_detail(struct asana *a, enum mu_finding_kind kind, struct mu_slice title,
                  const char *what, struct mu_slice detail);
void asana_report(struct asana *a, const struct mu_source_board *board);

#endif

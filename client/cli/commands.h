/* The functions behind the table of commands (commands.c), one file a family. */
#ifndef MUSTER_CLIENT_CLI_COMMANDS_H
#define MUSTER_CLIENT_CLI_COMMANDS_H

#include "client/cli/cli.h"

#define MU_RUN(name) MU_MUST_USE enum mu_status name(struct mu_cli *cli, struct mu_error *err)

/* run_status.c */
MU_RUN(mu_run_overview);
MU_RUN(mu_run_status);
MU_RUN(mu_run_refused);
MU_RUN(mu_run_dismiss);
/* run_sync.c */
MU_RUN(mu_run_sync);
MU_RUN(mu_run_agent_start);
MU_RUN(mu_run_agent_stop);
MU_RUN(mu_run_agent_status);
MU_RUN(mu_run_join);
/* run_people.c */
MU_RUN(mu_run_invite);
MU_RUN(mu_run_member_list);
MU_RUN(mu_run_member_remove);
MU_RUN(mu_run_member_role);
MU_RUN(mu_run_device_list);
MU_RUN(mu_run_device_revoke);
/* run_list.c, run_show.c */
MU_RUN(mu_run_list);
MU_RUN(mu_run_show);
MU_RUN(mu_run_log);
/* run_add.c */
MU_RUN(mu_run_add);
/* run_task.c */
MU_RUN(mu_run_edit);
MU_RUN(mu_run_move);
MU_RUN(mu_run_assign);
MU_RUN(mu_run_verb); /* accept decline start review done reopen drop */
MU_RUN(mu_run_delete);
MU_RUN(mu_run_comment);
MU_RUN(mu_run_check);
MU_RUN(mu_run_undo);
/* run_goal.c */
MU_RUN(mu_run_goal_add);
MU_RUN(mu_run_goal_edit);
MU_RUN(mu_run_goal_state); /* goal start, pause, close */
MU_RUN(mu_run_goal_confidence);
MU_RUN(mu_run_goal_list);
MU_RUN(mu_run_goal_show);
/* run_target.c */
MU_RUN(mu_run_target_add);
MU_RUN(mu_run_target_edit); /* and remove */
MU_RUN(mu_run_record);
MU_RUN(mu_run_quota_set);
MU_RUN(mu_run_quota_accept);
MU_RUN(mu_run_quota_list);
/* run_promise.c */
MU_RUN(mu_run_promise);
MU_RUN(mu_run_promise_settle); /* promise done, excuse, release */
MU_RUN(mu_run_promises);
MU_RUN(mu_run_renegotiate);
MU_RUN(mu_run_carry);
/* run_blocker.c */
MU_RUN(mu_run_block);
MU_RUN(mu_run_blocker_step); /* unblock, blocker ack take withdraw again */
MU_RUN(mu_run_blocker_edit);
MU_RUN(mu_run_blockers);
/* run_board.c */
MU_RUN(mu_run_column_list);
MU_RUN(mu_run_column_add);
MU_RUN(mu_run_column_edit);
MU_RUN(mu_run_label_list);
MU_RUN(mu_run_label_edit);
/* run_checkin.c, run_checkins.c */
MU_RUN(mu_run_checkin);
MU_RUN(mu_run_checkin_list);
MU_RUN(mu_run_checkin_missing);
MU_RUN(mu_run_checkin_ack);
MU_RUN(mu_run_nudge);
/* run_schedule.c */
MU_RUN(mu_run_schedule_add);
MU_RUN(mu_run_schedule_list);
MU_RUN(mu_run_schedule_edit);
MU_RUN(mu_run_schedule_pause);
MU_RUN(mu_run_schedule_resume);
MU_RUN(mu_run_schedule_end);
/* run_calendar.c */
MU_RUN(mu_run_absence);
MU_RUN(mu_run_absence_list);
MU_RUN(mu_run_absence_withdraw);
MU_RUN(mu_run_holiday_add);
MU_RUN(mu_run_holiday_list);
MU_RUN(mu_run_holiday_remove);
MU_RUN(mu_run_member_zone);
MU_RUN(mu_run_member_hours);
/* run_conflict.c */
MU_RUN(mu_run_conflicts);
MU_RUN(mu_run_conflict_show);
MU_RUN(mu_run_conflict_settle);
/* run_kudos.c */
MU_RUN(mu_run_kudos);
MU_RUN(mu_run_kudos_list);
MU_RUN(mu_run_kudos_react);
MU_RUN(mu_run_wins);
MU_RUN(mu_run_wins_post);
/* run_skills.c */
MU_RUN(mu_run_member_skills);
/* run_stats.c */
MU_RUN(mu_run_stats);
MU_RUN(mu_run_report);
MU_RUN(mu_run_review);
/* run_series.c */
MU_RUN(mu_run_series_add);
MU_RUN(mu_run_series_list);
MU_RUN(mu_run_series_end);
/* run_feedback.c */
MU_RUN(mu_run_feedback);
MU_RUN(mu_run_feedback_list);
MU_RUN(mu_run_feedback_read);
MU_RUN(mu_run_feedback_reply);
/* run_import*.c, run_export*.c */
MU_RUN(mu_run_import_trello);
MU_RUN(mu_run_import_asana);
MU_RUN(mu_run_import_csv);
MU_RUN(mu_run_import_muster);
MU_RUN(mu_run_export_json);
MU_RUN(mu_run_export_csv);
MU_RUN(mu_run_export_ics);
/* run_doctor.c */
MU_RUN(mu_run_verify);
MU_RUN(mu_run_doctor);
MU_RUN(mu_run_keys);
/* run_config.c */
MU_RUN(mu_run_config);
MU_RUN(mu_run_config_set);
MU_RUN(mu_run_config_unset);
/* run_screen.c */
MU_RUN(mu_run_screen);
/* run_demo.c */
MU_RUN(mu_run_demo);
/* run_schema.c */
MU_RUN(mu_run_schema_list);

#endif

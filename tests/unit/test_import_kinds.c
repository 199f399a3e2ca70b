/* Guessing what a column is for: a wrong guess marks work as done that is not, so what is
 * not said clearly must stay unguessed. */
#include "client/import/kind_guess.h"
#include "common/model/domain.h"
#include "tests/harness/cmocka.h"

static void expect(int64_t kind, const char *name)
{
    int64_t guess = mu_kind_guess(mu_slice_str(name));
    if (guess != kind) {
        fail_msg("'%s' is guessed as %s, not %s", name,
                 guess == 0 ? "nothing" : mu_kind_name(guess),
                 kind == 0 ? "nothing" : mu_kind_name(kind));
    }
}

static void test_import_kinds__names_in_many_languages(void **state)
{
    (void)state;
    static const struct {
        int64_t kind;
        const char *names[24]; /* NULL-terminated */
    } known[] = {
        {MU_KIND_BACKLOG,
         {"Backlog", "Product Backlog", "💡 Ideas", "Ideen", "Idées", "Icebox", "Идеи", "バックログ",
          "想法", NULL}},
        {MU_KIND_TODO,
         {"To Do", "TODO", "to-do", "Sprint Backlog", "Zu erledigen", "À faire", "Por hacer",
          "A fazer", "Da fare", "Att göra", "Å gjøre", "Do zrobienia", "Надо сделать", "待办",
          "할 일", "To be done", NULL}},
        {MU_KIND_DOING,
         {"Doing", "In Progress", "in progress (max 5)", "WIP", "🚧 Doing", "In Arbeit", "En cours",
          "En curso", "Em andamento", "In corso", "Mee bezig", "Pågående", "W toku", "В работе",
          "進行中", "进行中", "진행 중", "Devam ediyor", NULL}},
        {MU_KIND_REVIEW,
         {"Review", "Code Review", "In review", "Ready for review", "QA", "Testing", "Abnahme",
          "À valider", "En revisión", "На проверке", "レビュー", "测试中", NULL}},
        {MU_KIND_DONE, {"Done",     "Done ✅",  "DONE!",  "Done - Sprint 12", "Completed", "Fertig",
                        "Erledigt", "Terminé", "Hecho",  "Concluído",        "Fatto",     "Klaar",
                        "Färdig",   "Færdig",  "Gotowe", "Готово",           "完了",      "已完成",
                        "완료",     "Hotovo",  "Valmis", "Tamamlandı",       NULL}},
    };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        for (size_t k = 0; known[i].names[k] != NULL; k++) {
            expect(known[i].kind, known[i].names[k]);
        }
    }
}

static void test_import_kinds__what_is_not_clear_stays_unguessed(void **state)
{
    (void)state;
    static const char *const names[] = {
        "",
        "   ",
        "NOTES",
        "Meeting Time",
        "Project files",
        "Not done",
        "Won't do, never done",
        "Noch nicht fertig",
        "Pas fait",
        "Undone",
        "Almost done",
        "Definition of done",
        "Doing or done",
        "未完成",
        "Donegal",
        "Redone",
        "What we have done in the second half of last year",
        "2024",
        "🎉",
        "Weekend",
        "Reviewers",
        "Ana",
    };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        expect(0, names[i]);
    }
}

static void test_import_kinds__bytes_that_are_no_text_do_no_harm(void **state)
{
    (void)state;
    expect(0, "\xff\xfe");
    char blanks[5000];
    memset(blanks, ' ', sizeof blanks);
    assert_int_equal(mu_kind_guess(mu_slice_of(blanks, sizeof blanks)), 0);
    assert_int_equal(mu_kind_guess((struct mu_slice){0}), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_import_kinds__names_in_many_languages),
        cmocka_unit_test(test_import_kinds__what_is_not_clear_stays_unguessed),
        cmocka_unit_test(test_import_kinds__bytes_that_are_no_text_do_no_harm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

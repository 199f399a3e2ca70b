#include "client/import/kind_guess.h"

#include <stdlib.h>
#include <string.h>

#include <utf8proc.h>

#include "common/model/domain.h"

#define NAME_MAX_BYTES 200 /* longer names are sentences, not words for a state */
#define WORDS_MAX      5

/* Both sides are folded alike before they are compared.  A phrase counts where it stands
 * as whole words; one in a script without blanks, anywhere. */
static const struct {
    int64_t kind;
    const char *phrases; /* separated by '|' */
} lists[] = {
    {MU_KIND_BACKLOG,
     "backlog|product backlog|icebox|idea|ideas|someday|wishlist|wish list|parking lot|inbox|"
     "ideen|ideensammlung|themenspeicher|spater|idees|boite a idees|ideias|idee|ideeen|ideer|"
     "ideoita|pomysly|napady|otletek|fikirler|идеи|идея|бэклог|беклог|ідеї|バックログ|アイデア|"
     "积压|想法|點子|백로그|아이디어"},
    {MU_KIND_TODO,
     "todo|to do|todos|to be done|sprint backlog|offen|zu erledigen|zu tun|a faire|por hacer|"
     "pendiente|pendientes|a fazer|pendente|da fare|te doen|att gora|a gjøre|skal gøres|"
     "tehtavaa|tehtavat|tyolista|do zrobienia|udelat|k reseni|teendo|teendok|yapilacak|"
     "yapılacak|yapılacaklar|сделать|надо сделать|к выполнению|зробити|やること|未着手|"
     "待办|待辦|待处理|할 일|할일"},
    {MU_KIND_DOING,
     "doing|in progress|wip|work in progress|working on|ongoing|in development|in dev|"
     "in arbeit|in bearbeitung|laufend|en cours|en curso|en progreso|en proceso|haciendo|"
     "em andamento|em progresso|fazendo|in corso|bezig|mee bezig|in uitvoering|pagaende|"
     "pa gang|under arbeid|under arbete|i gang|igang|kesken|tyon alla|w toku|w trakcie|"
     "probiha|rozpracovane|folyamatban|devam ediyor|yapiliyor|yapılıyor|в работе|в процессе|"
     "делаю|делается|в роботі|進行中|作業中|対応中|进行中|处理中|進行中|진행중|진행 중"},
    {MU_KIND_REVIEW,
     "review|reviews|code review|in review|to review|ready for review|peer review|qa|in qa|"
     "testing|in testing|in test|to test|ready for test|ready for testing|verify|verifying|"
     "to verify|in verification|approval|for approval|abnahme|in abnahme|zu prufen|in prufung|"
     "im test|zur prufung|relecture|en relecture|a valider|en validation|en revision|"
     "por revisar|em revisao|revisao|in revisione|da verificare|ter controle|granskning|"
     "til gjennomgang|til godkendelse|tarkistettavana|do sprawdzenia|ke kontrole|"
     "ellenorzes|inceleme|проверка|на проверке|ревью|тестирование|перевірка|レビュー|"
     "レビュー中|確認中|确认中|审核|待审核|測試中|测试中|검토|검토 중"},
    {MU_KIND_DONE,
     "done|complete|completed|finished|closed|deployed|released|shipped|resolved|fertig|"
     "erledigt|abgeschlossen|fini|finis|fait|faits|termine|termines|hecho|hechos|terminado|"
     "completado|finalizado|feito|concluido|concluidos|finalizados|fatto|fatti|completato|"
     "completati|finito|klaar|gedaan|afgerond|voltooid|klart|klar|fardig|fardigt|ferdig|"
     "fullført|færdig|udført|valmis|valmiit|tehty|zrobione|ukonczone|gotowe|hotovo|dokonceno|"
     "kesz|elvegezve|tamamlandi|tamamlandı|bitti|сделано|готово|завершено|выполнено|виконано|"
     "完了|完成|已完成|終了|完結|완료"},
};

/* One of these and the name denies, or speaks of something else. */
static const char denials[] = "not|never|nicht|non|pas|no|nao|ei|ikke|inte|niet|nie|не|almost|"
                              "undone|definition of|未|尚未|미";

/* Lower case, accents gone, all that is neither letter nor mark nor apostrophe a blank.
 * NULL when it cannot be had; for the caller to free. */
static char *fold(struct mu_slice name)
{
    utf8proc_uint8_t *folded = NULL;
    utf8proc_ssize_t len = utf8proc_map(name.data, (utf8proc_ssize_t)name.len, &folded,
                                        UTF8PROC_COMPAT | UTF8PROC_DECOMPOSE | UTF8PROC_CASEFOLD |
                                            UTF8PROC_IGNORE | UTF8PROC_STRIPMARK);
    if (len < 0) {
        return NULL;
    }
    char *out = malloc((size_t)len + 1);
    size_t kept = 0;
    for (utf8proc_ssize_t i = 0; out != NULL && i < len;) {
        utf8proc_int32_t point;
        utf8proc_ssize_t step = utf8proc_iterate(folded + i, len - i, &point);
        if (step <= 0) {
            break;
        }
        utf8proc_category_t category = utf8proc_category(point);
        bool letter = category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_ME;
        if (letter) {
            memcpy(out + kept, folded + i, (size_t)step);
            kept += (size_t)step;
        } else if (kept > 0 && out[kept - 1] != ' ') {
            out[kept++] = ' ';
        }
        i += step;
    }
    free(folded);
    if (out != NULL) {
        kept -= kept > 0 && out[kept - 1] == ' ' ? 1 : 0;
        out[kept] = '\0';
    }
    return out;
}

/* Whether a folded phrase is of a script that puts no blanks between words. */
static bool spaceless(const char *phrase, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        unsigned char byte = (unsigned char)phrase[i];
        if (byte >= 0xe1) { /* from U+1000 on: Hangul, kana, han */
            return true;
        }
    }
    return false;
}

/* Where a folded phrase stands in name; NULL for nowhere. */
static char *find(char *name, const char *phrase, size_t len)
{
    size_t name_len = strlen(name);
    for (size_t at = 0; len > 0 && at + len <= name_len; at++) {
        bool front = at == 0 || name[at - 1] == ' ';
        bool back = at + len == name_len || name[at + len] == ' ';
        if (memcmp(name + at, phrase, len) == 0 && ((front && back) || spaceless(phrase, len))) {
            return name + at;
        }
    }
    return NULL;
}

struct match {
    char *at; /* NULL: none */
    size_t len;
};

/* The longest phrase of a list that stands in name. */
static struct match longest(char *name, const char *phrases)
{
    struct match best = {0};
    while (*phrases != '\0') {
        size_t len = strcspn(phrases, "|");
        char *phrase = fold((struct mu_slice){(const uint8_t *)phrases, len});
        size_t folded = phrase == NULL ? 0 : strlen(phrase);
        char *at = folded > best.len ? find(name, phrase, folded) : NULL;
        if (at != NULL) {
            best = (struct match){at, folded};
        }
        free(phrase);
        phrases += len;
        phrases += *phrases == '|' ? 1 : 0;
    }
    return best;
}

static size_t word_count(const char *name)
{
    size_t count = *name == '\0' ? 0 : 1;
    for (; *name != '\0'; name++) {
        count += *name == ' ' ? 1 : 0;
    }
    return count;
}

/* The kind of the longest phrase of all: "sprint backlog" is more than "backlog". */
static int64_t best_kind(char *name, struct match *out_match)
{
    int64_t kind = 0;
    *out_match = (struct match){0};
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
        struct match match = longest(name, lists[i].phrases);
        if (match.len > out_match->len) {
            *out_match = match;
            kind = lists[i].kind;
        }
    }
    return kind;
}

int64_t mu_kind_guess(struct mu_slice name)
{
    char *folded = name.len <= NAME_MAX_BYTES ? fold(name) : NULL;
    if (folded == NULL) {
        return 0;
    }
    int64_t kind = 0;
    struct match match;
    if (word_count(folded) <= WORDS_MAX && longest(folded, denials).len == 0) {
        kind = best_kind(folded, &match);
    }
    if (kind != 0) { /* what is left may not say another thing */
        memset(match.at, '.', match.len);
        int64_t second = best_kind(folded, &match);
        kind = second == 0 || second == kind ? kind : 0;
    }
    free(folded);
    return kind;
}

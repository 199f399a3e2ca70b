#include "client/tui/term.h"

#include <curses.h>
#include <errno.h>
#include <fcntl.h>
#include <langinfo.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>
#include <wchar.h>

#include "client/view/mark.h"
#include "client/view/text.h"
#include "common/base/utf8.h"

#define ESC_DELAY_MS 25
#define FIELD_MAX    1024 /* columns; a wider field is cut */
#define MOUSE_MAX    16
#define POINTS_MAX   5 /* of one cell, as the library has it */

/* Signals come as bytes of a pipe, and a crash gives back the terminal: what a handler needs has
 * to be where it can find it. */
static int signal_pipe[2] = {-1, -1};
static struct termios saved_modes;
static bool started;
static struct mu_event mouse_waiting[MOUSE_MAX]; /* the oldest last */
static size_t mouse_count;
static volatile sig_atomic_t lent; /* another program has the terminal */

/* -- signals ------------------------------------------------------------------------------ */

static void on_signal(int number)
{
    int kept = errno;
    char byte = number == SIGWINCH ? 'w' : 'q';
    if (lent != 0 && (number == SIGINT || number == SIGQUIT)) {
        return; /* meant for who has it */
    }
    (void)!write(signal_pipe[1], &byte, 1);
    errno = kept;
}

/* Only what a handler may do: the modes, and the ways out that every terminal here knows. */
static void on_crash(int number)
{
    static const char out[] = "\033[?1000l\033[?1002l\033[?1006l\033[?1049l\033[?25h\033[0m\r\n";
    (void)!write(STDOUT_FILENO, out, sizeof out - 1);
    (void)tcsetattr(STDIN_FILENO, TCSANOW, &saved_modes);
    (void)signal(number, SIG_DFL);
    (void)raise(number);
}

static void watch_signals(void)
{
    static const int told[] = {SIGWINCH, SIGHUP, SIGTERM, SIGINT, SIGQUIT};
    static const int crashes[] = {SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL};
    struct sigaction action = {.sa_handler = on_signal};
    (void)sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < sizeof told / sizeof *told; i++) {
        (void)sigaction(told[i], &action, NULL);
    }
    action.sa_handler = on_crash;
    for (size_t i = 0; i < sizeof crashes / sizeof *crashes; i++) {
        (void)sigaction(crashes[i], &action, NULL);
    }
    (void)signal(SIGPIPE, SIG_IGN);
    (void)signal(SIGXFSZ, SIG_IGN); /* a file that may not grow is an error like others */
}

static bool open_pipe(void)
{
    if (signal_pipe[0] >= 0) {
        return true;
    }
    if (pipe(signal_pipe) != 0) {
        return false;
    }
    for (int i = 0; i < 2; i++) {
        (void)fcntl(signal_pipe[i], F_SETFL, O_NONBLOCK);
        (void)fcntl(signal_pipe[i], F_SETFD, FD_CLOEXEC);
    }
    return true;
}

/* -- start and stop ----------------------------------------------------------------------- */

/* Text is UTF-8 whatever the locale says. */
static void take_locale(void)
{
    (void)setlocale(LC_ALL, "");
    if (strcmp(nl_langinfo(CODESET), "UTF-8") != 0 && setlocale(LC_CTYPE, "C.UTF-8") == NULL) {
        (void)setlocale(LC_CTYPE, "en_US.UTF-8");
    }
}

static void make_colours(bool colour)
{
    static const short fronts[MU_STYLE_COUNT] = {
        [MU_STYLE_LATE] = COLOR_RED,    [MU_STYLE_TODAY] = COLOR_YELLOW,
        [MU_STYLE_SOON] = COLOR_CYAN,   [MU_STYLE_LABEL] = COLOR_MAGENTA,
        [MU_STYLE_PERSON] = COLOR_BLUE, [MU_STYLE_GOOD] = COLOR_GREEN,
        [MU_STYLE_FOCUS] = COLOR_CYAN,  [MU_STYLE_CODE] = COLOR_CYAN,
    };
    if (!colour || !has_colors() || start_color() == ERR || use_default_colors() == ERR) {
        return;
    }
    for (short i = 1; i < MU_STYLE_COUNT; i++) {
        (void)init_pair(i, fronts[i] != 0 ? fronts[i] : -1, -1);
    }
}

enum mu_status mu_term_start(bool colour, struct mu_error *err)
{
    const char *name = getenv("TERM");
    if (isatty(STDIN_FILENO) != 1 || isatty(STDOUT_FILENO) != 1) {
        return mu_fail(err, MU_E_USAGE, "the board needs a terminal");
    }
    if (name == NULL || name[0] == '\0' || strcmp(name, "dumb") == 0) {
        return mu_fail(err, MU_E_USAGE, "this terminal (TERM=%s) cannot place a cursor",
                       name == NULL ? "" : name);
    }
    take_locale();
    if (!open_pipe() || tcgetattr(STDIN_FILENO, &saved_modes) != 0) {
        return mu_fail(err, MU_E_IO, "take the terminal: %s", strerror(errno));
    }
    watch_signals();
    SCREEN *screen = newterm(NULL, stdout, stdin);
    if (screen == NULL) {
        return mu_fail(err, MU_E_USAGE, "nothing is known of a terminal '%.40s'", name);
    }
    started = true;
    if (getenv("ESCDELAY") == NULL) {
        (void)set_escdelay(ESC_DELAY_MS); /* whose line is slow says so by that variable */
    }
    (void)cbreak();
    (void)noecho();
    (void)nonl();
    (void)nodelay(stdscr, TRUE);
    (void)keypad(stdscr, TRUE);
    (void)mousemask(BUTTON1_PRESSED | BUTTON1_RELEASED | BUTTON4_PRESSED | BUTTON5_PRESSED, NULL);
    (void)mouseinterval(0);
    make_colours(colour);
    return MU_OK;
}

void mu_term_stop(void)
{
    if (started) {
        (void)endwin();
        started = false;
    }
}

void mu_term_lend(void)
{
    lent = 1;
    (void)endwin();
}

void mu_term_return(void)
{
    lent = 0;
    (void)clearok(stdscr, TRUE);
    (void)refresh();
}

int mu_term_rows(void)
{
    return LINES;
}

int mu_term_columns(void)
{
    return COLS;
}

/* -- keys --------------------------------------------------------------------------------- */

static uint32_t special(wint_t code)
{
    static const struct {
        wint_t code;
        uint32_t key;
    } keys[] = {
        {KEY_UP, MU_KEY_UP},
        {KEY_DOWN, MU_KEY_DOWN},
        {KEY_LEFT, MU_KEY_LEFT},
        {KEY_RIGHT, MU_KEY_RIGHT},
        {KEY_SR, MU_KEY_SHIFT_UP},
        {KEY_SF, MU_KEY_SHIFT_DOWN},
        {KEY_SLEFT, MU_KEY_SHIFT_LEFT},
        {KEY_SRIGHT, MU_KEY_SHIFT_RIGHT},
        {KEY_PPAGE, MU_KEY_PAGE_UP},
        {KEY_NPAGE, MU_KEY_PAGE_DOWN},
        {KEY_HOME, MU_KEY_HOME},
        {KEY_END, MU_KEY_END},
        {KEY_BACKSPACE, MU_KEY_BACKSPACE},
        {KEY_DC, MU_KEY_DELETE},
        {KEY_ENTER, MU_KEY_ENTER},
    };
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        if (keys[i].code == code) {
            return keys[i].key;
        }
    }
    return MU_KEY_NONE;
}

static uint32_t character(wint_t code)
{
    switch (code) {
    case '\r':
    case '\n':
        return MU_KEY_ENTER;
    case '\t':
        return MU_KEY_TAB;
    case 27:
        return MU_KEY_ESC;
    case 8:
    case 127:
        return MU_KEY_BACKSPACE;
    default:
        return code > 0 && code <= 0x10ffff ? (uint32_t)code : MU_KEY_NONE;
    }
}

static struct mu_event mouse_event(const MEVENT *event)
{
    struct mu_event out = {.kind = MU_EVENT_KEY, .y = event->y, .x = event->x};
    if ((event->bstate & BUTTON1_PRESSED) != 0) {
        out.kind = MU_EVENT_PRESS;
    } else if ((event->bstate & BUTTON1_RELEASED) != 0) {
        out.kind = MU_EVENT_RELEASE;
    } else if ((event->bstate & (BUTTON4_PRESSED | BUTTON5_PRESSED)) != 0) {
        out.kind = MU_EVENT_WHEEL;
        out.turn = (event->bstate & BUTTON4_PRESSED) != 0 ? -1 : 1;
    }
    return out;
}

/* The library tells of several at once, the newest first. */
static void take_mouse(void)
{
    MEVENT event;
    while (mouse_count < MOUSE_MAX && getmouse(&event) == OK) {
        mouse_waiting[mouse_count++] = mouse_event(&event);
    }
}

static bool read_key(struct mu_event *out)
{
    wint_t code = 0;
    if (mouse_count > 0) {
        *out = mouse_waiting[--mouse_count];
        return true;
    }
    int kind = get_wch(&code);
    if (kind == ERR) {
        return false;
    }
    if (kind == KEY_CODE_YES && code == KEY_MOUSE) {
        take_mouse();
        *out = mouse_count > 0 ? mouse_waiting[--mouse_count]
                               : (struct mu_event){.kind = MU_EVENT_KEY};
    } else if (kind == KEY_CODE_YES && code == KEY_RESIZE) {
        *out = (struct mu_event){.kind = MU_EVENT_RESIZE};
    } else {
        uint32_t key = kind == KEY_CODE_YES ? special(code) : character(code);
        *out = (struct mu_event){.kind = MU_EVENT_KEY, .key = key};
    }
    return true;
}

/* -- waiting ------------------------------------------------------------------------------ */

static void fit_to_window(void)
{
    struct winsize size = {0};
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row > 0 && size.ws_col > 0) {
        (void)resizeterm(size.ws_row, size.ws_col);
    }
    (void)clearok(stdscr, TRUE);
}

static bool read_signals(struct mu_event *out)
{
    char bytes[64];
    ssize_t got = read(signal_pipe[0], bytes, sizeof bytes);
    if (got <= 0) {
        return false;
    }
    bool end = memchr(bytes, 'q', (size_t)got) != NULL;
    if (!end) {
        fit_to_window();
    }
    *out = (struct mu_event){.kind = end ? MU_EVENT_END : MU_EVENT_RESIZE};
    return true;
}

struct mu_event mu_term_wait(const int *others, size_t count, int patience_ms)
{
    MU_ASSERT(count <= MU_TERM_OTHERS_MAX);
    struct mu_event event = {.kind = MU_EVENT_WAKE};
    if (read_signals(&event) || read_key(&event)) {
        return event;
    }
    struct pollfd files[2 + MU_TERM_OTHERS_MAX] = {{.fd = STDIN_FILENO, .events = POLLIN},
                                                   {.fd = signal_pipe[0], .events = POLLIN}};
    for (size_t i = 0; i < count; i++) {
        files[2 + i] = (struct pollfd){.fd = others[i], .events = POLLIN};
    }
    if (poll(files, 2 + count, patience_ms) <= 0) {
        return event;
    }
    if (read_signals(&event) || read_key(&event)) {
        return event;
    }
    /* The terminal is gone, and no signal came. */
    if ((files[0].revents & (POLLHUP | POLLERR | POLLNVAL)) != 0) {
        event.kind = MU_EVENT_END;
    }
    return event;
}

/* -- painting ----------------------------------------------------------------------------- */

static attr_t attributes(enum mu_style style)
{
    attr_t pair = COLOR_PAIR(style);
    switch (style) {
    case MU_STYLE_DIM:
        return A_DIM;
    case MU_STYLE_BOLD:
    case MU_STYLE_HEAD:
        return A_BOLD;
    case MU_STYLE_FOCUS:
    case MU_STYLE_LATE:
        return pair | A_BOLD;
    case MU_STYLE_BAR:
        return A_REVERSE;
    case MU_STYLE_EMPHASIS:
        return A_UNDERLINE;
    case MU_STYLE_TODAY:
    case MU_STYLE_SOON:
    case MU_STYLE_LABEL:
    case MU_STYLE_PERSON:
    case MU_STYLE_GOOD:
    case MU_STYLE_CODE:
        return pair;
    case MU_STYLE_PLAIN:
    case MU_STYLE_COUNT:
        break;
    }
    return A_NORMAL;
}

/* One cluster of width columns at a place.  Its code points when the library counts them alike,
 * else the first alone when that is as wide, else a mark of that width. */
static void put_cluster(int y, int x, struct mu_slice cluster, int width, attr_t paint)
{
    wchar_t points[POINTS_MAX + 1] = {0};
    size_t count = 0;
    int counted = 0;
    bool odd = false;
    uint32_t point = 0;
    for (size_t at = 0; at < cluster.len;) {
        struct mu_slice rest = mu_slice_of(cluster.data + at, cluster.len - at);
        size_t len = mu_utf8_next(rest, &point);
        if (len == 0) {
            break;
        }
        at += len;
        int wide = wcwidth((wchar_t)point);
        odd = odd || wide < 0 || count == POINTS_MAX || (count > 0 && wide > 0);
        if (count < POINTS_MAX) {
            points[count++] = (wchar_t)point;
        }
        counted += wide > 0 ? wide : 0;
    }
    if (odd || counted != width) {
        bool first = count > 0 && wcwidth(points[0]) == width;
        points[0] = first ? points[0] : L'?';
        points[1] = L'\0';
        if (!first && width > 1) {
            points[1] = L'?';
            points[2] = L'\0';
        }
    }
    (void)attrset((int)paint);
    (void)mvaddwstr(y, x, points);
}

void mu_term_field(int y, int x, int width, struct mu_slice shown, enum mu_style style,
                   bool inverse)
{
    if (y < 0 || y >= LINES || x < 0 || x >= COLS || width <= 0) {
        return;
    }
    width = width > COLS - x ? COLS - x : width;
    width = width > FIELD_MAX ? FIELD_MAX : width;
    attr_t paint = attributes(style) | (inverse ? A_REVERSE : A_NORMAL);
    (void)attrset((int)paint);
    (void)mvhline(y, x, ' ' | (chtype)paint, width);
    struct mu_slice rest = mu_show_cut(shown, (size_t)width);
    bool cut = rest.len < shown.len;
    if (cut) {
        rest = mu_show_cut(shown, (size_t)width - 1);
    }
    int at = x;
    while (rest.len > 0) {
        int wide = 1;
        struct mu_slice cluster = mu_show_cut(rest, 1);
        for (; cluster.len == 0 && wide < width; wide++) {
            cluster = mu_show_cut(rest, (size_t)wide + 1);
        }
        if (cluster.len == 0) {
            break;
        }
        put_cluster(y, at, cluster, wide, paint);
        at += wide;
        rest = mu_slice_of(rest.data + cluster.len, rest.len - cluster.len);
    }
    if (cut) {
        put_cluster(y, at, mu_slice_str("\xe2\x80\xa6"), 1, paint);
    }
}

static enum mu_style marked(uint8_t mark, enum mu_style base)
{
    static const enum mu_style styles[MU_MARK_END] = {
        [MU_MARK_STRONG] = MU_STYLE_BOLD, [MU_MARK_EMPHASIS] = MU_STYLE_EMPHASIS,
        [MU_MARK_CODE] = MU_STYLE_CODE,   [MU_MARK_QUIET] = MU_STYLE_DIM,
        [MU_MARK_BAD] = MU_STYLE_LATE,    [MU_MARK_WARN] = MU_STYLE_TODAY,
        [MU_MARK_GOOD] = MU_STYLE_GOOD,
    };
    return mark == MU_MARK_PLAIN ? base : styles[mark];
}

void mu_term_marked(int y, int x, int width, struct mu_slice line, enum mu_style base, bool inverse)
{
    enum mu_style style = base;
    int end = x + width;
    mu_term_field(y, x, width, mu_slice_str(""), base, inverse);
    while (line.len > 0 && x < end) {
        if (line.data[0] > 0 && line.data[0] < MU_MARK_END) {
            style = marked(line.data[0], base);
            line = mu_slice_of(line.data + 1, line.len - 1);
            continue;
        }
        size_t len = 1;
        while (len < line.len && (line.data[len] == 0 || line.data[len] >= MU_MARK_END)) {
            len++;
        }
        struct mu_slice run = mu_slice_of(line.data, len);
        int wide = (int)mu_show_width(run);
        if (wide > 0) {
            /* The last one may be cut, and says so. */
            mu_term_field(y, x, wide < end - x ? wide : end - x, run, style, inverse);
        }
        x += wide;
        line = mu_slice_of(line.data + len, line.len - len);
    }
}

void mu_term_rule(int y, int x, int width, enum mu_style style)
{
    for (int i = 0; i < width && x + i < COLS; i++) {
        put_cluster(y, x + i, mu_slice_str("\xe2\x94\x80"), 1, attributes(style));
    }
}

void mu_term_erase(void)
{
    (void)erase();
}

void mu_term_show(int cursor_y, int cursor_x)
{
    (void)curs_set(cursor_y >= 0 ? 1 : 0);
    (void)move(cursor_y >= 0 ? cursor_y : LINES - 1, cursor_y >= 0 ? cursor_x : 0);
    (void)refresh();
}

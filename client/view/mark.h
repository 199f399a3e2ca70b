/* Lines of text for a page: neutralised, and marked where they are to look otherwise.
 *
 * A mark is one byte that mu_show() never leaves in a text, so nobody can write one into a title.
 * It holds to the next mark or the end of the line.  What is marked must read well without: a
 * terminal may have no way to show it. */
#ifndef MUSTER_CLIENT_VIEW_MARK_H
#define MUSTER_CLIENT_VIEW_MARK_H

enum mu_text_mark {
    MU_MARK_PLAIN = 1, /* as every line begins */
    MU_MARK_STRONG,
    MU_MARK_EMPHASIS,
    MU_MARK_CODE,
    MU_MARK_QUIET,
    MU_MARK_BAD, /* needs somebody */
    MU_MARK_WARN,
    MU_MARK_GOOD,
    MU_MARK_END
};

#endif

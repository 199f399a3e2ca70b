#include "client/markdown/markdown.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <cmark.h>

#include "client/markdown/flow.h"

#define RULE "----------"

/* A document under way: what holds at this place. */
struct page {
    struct mu_flow flow;
    unsigned strong, emphasis, heading; /* how deep */
};

static struct mu_slice literal(cmark_node *node)
{
    const char *text = cmark_node_get_literal(node);
    return mu_slice_str(text != NULL ? text : "");
}

static enum mu_text_mark mark_of(const struct page *page)
{
    return page->strong > 0 || page->heading > 0 ? MU_MARK_STRONG
           : page->emphasis > 0                  ? MU_MARK_EMPHASIS
                                                 : MU_MARK_PLAIN;
}

/* A block that holds text is over: an empty line before the next, but for those of a tight list. */
static void end_block(struct page *page, cmark_node *node)
{
    cmark_node *item = cmark_node_parent(node);
    cmark_node *list = item != NULL ? cmark_node_parent(item) : NULL;
    bool tight = list != NULL && cmark_node_get_type(list) == CMARK_NODE_LIST &&
                 cmark_node_get_list_tight(list) != 0;
    mu_flow_end_line(&page->flow);
    page->flow.apart = !tight;
}

/* Every line by itself. */
static void put_lines(struct page *page, cmark_node *node, enum mu_text_mark mark)
{
    struct mu_slice rest = literal(node);
    while (rest.len > 0) {
        const uint8_t *end = memchr(rest.data, '\n', rest.len);
        size_t len = end != NULL ? (size_t)(end - rest.data) : rest.len;
        mu_flow_verbatim(&page->flow, mu_slice_of(rest.data, len), mark);
        len += end != NULL ? 1 : 0;
        rest = mu_slice_of(rest.data + len, rest.len - len);
    }
    end_block(page, node);
}

static void enter_item(struct page *page, cmark_node *node)
{
    char sign[MU_FLOW_SIGN_MAX] = "- ";
    cmark_node *list = cmark_node_parent(node);
    if (list != NULL && cmark_node_get_list_type(list) == CMARK_ORDERED_LIST) {
        cmark_node *before = cmark_node_previous(node);
        intptr_t number = before != NULL ? (intptr_t)cmark_node_get_user_data(before) + 1
                                         : cmark_node_get_list_start(list);
        (void)cmark_node_set_user_data(node, (void *)number);
        (void)snprintf(sign, sizeof sign, "%" PRIdPTR ". ", number);
    }
    mu_flow_push(&page->flow, sign, false);
}

/* Where a link or a picture leads, when its words don't say so. */
static void put_address(struct page *page, cmark_node *node)
{
    const char *url = cmark_node_get_url(node);
    cmark_node *only = cmark_node_first_child(node);
    bool told = only != NULL && only == cmark_node_last_child(node) &&
                cmark_node_get_type(only) == CMARK_NODE_TEXT && url != NULL &&
                mu_slice_equal(literal(only), mu_slice_str(url));
    if (url != NULL && url[0] != '\0' && !told) {
        page->flow.gap = page->flow.in_line;
        mu_flow_text(&page->flow, mu_slice_str("("), MU_MARK_QUIET);
        mu_flow_text(&page->flow, mu_slice_str(url), MU_MARK_QUIET);
        mu_flow_text(&page->flow, mu_slice_str(")"), MU_MARK_QUIET);
    }
}

static void visit_inline(struct page *page, cmark_node *node, bool enters)
{
    struct mu_flow *flow = &page->flow;
    unsigned step = enters ? 1u : -1u;
    switch ((int)cmark_node_get_type(node)) {
    case CMARK_NODE_TEXT:
        mu_flow_text(flow, literal(node), mark_of(page));
        break;
    case CMARK_NODE_CODE:
        mu_flow_text(flow, literal(node), MU_MARK_CODE);
        break;
    case CMARK_NODE_HTML_INLINE:
        mu_flow_text(flow, literal(node), MU_MARK_QUIET);
        break;
    case CMARK_NODE_SOFTBREAK:
    case CMARK_NODE_LINEBREAK:
        mu_flow_end_line(flow);
        break;
    case CMARK_NODE_STRONG:
        page->strong += step;
        break;
    case CMARK_NODE_EMPH:
        page->emphasis += step;
        break;
    case CMARK_NODE_IMAGE:
        mu_flow_text(flow, mu_slice_str(enters ? "[picture: " : "]"), MU_MARK_QUIET);
        if (!enters) {
            put_address(page, node);
        }
        break;
    case CMARK_NODE_LINK:
        if (!enters) {
            put_address(page, node);
        }
        break;
    default:
        break;
    }
}

static void visit(struct page *page, cmark_node *node, bool enters)
{
    switch ((int)cmark_node_get_type(node)) {
    case CMARK_NODE_BLOCK_QUOTE:
        if (enters) {
            mu_flow_push(&page->flow, "> ", true);
        } else {
            mu_flow_pop(&page->flow);
        }
        break;
    case CMARK_NODE_LIST:
        page->flow.apart = page->flow.apart || !enters;
        break;
    case CMARK_NODE_ITEM:
        if (enters) {
            enter_item(page, node);
        } else {
            mu_flow_pop(&page->flow);
        }
        break;
    case CMARK_NODE_CODE_BLOCK:
        mu_flow_push(&page->flow, "    ", true);
        put_lines(page, node, MU_MARK_CODE);
        mu_flow_pop(&page->flow);
        break;
    case CMARK_NODE_HTML_BLOCK:
        put_lines(page, node, MU_MARK_QUIET);
        break;
    case CMARK_NODE_THEMATIC_BREAK:
        mu_flow_text(&page->flow, mu_slice_str(RULE), MU_MARK_QUIET);
        end_block(page, node);
        break;
    case CMARK_NODE_HEADING:
    case CMARK_NODE_PARAGRAPH:
        page->heading = enters && cmark_node_get_type(node) == CMARK_NODE_HEADING ? 1 : 0;
        if (!enters) {
            end_block(page, node);
        }
        break;
    default:
        visit_inline(page, node, enters);
        break;
    }
}

enum mu_status mu_markdown(struct mu_buf *out, struct mu_slice text, size_t indent, size_t width)
{
    struct page page = {.flow = {.out = out, .indent = indent, .width = width}};
    cmark_node *document = cmark_parse_document(text.len > 0 ? (const char *)text.data : "",
                                                text.len, CMARK_OPT_VALIDATE_UTF8);
    cmark_iter *iter = document != NULL ? cmark_iter_new(document) : NULL;
    if (iter == NULL) {
        return MU_E_NOMEM;
    }
    cmark_event_type event = cmark_iter_next(iter);
    for (; event != CMARK_EVENT_DONE; event = cmark_iter_next(iter)) {
        visit(&page, cmark_iter_get_node(iter), event == CMARK_EVENT_ENTER);
    }
    mu_flow_end_line(&page.flow);
    cmark_iter_free(iter);
    cmark_node_free(document);
    return page.flow.status;
}

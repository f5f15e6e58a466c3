#include "kd_flame_graph.h"
#include "kd_text.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* In pixels, but for the last two. */
enum {
	WIDTH = 1200,
	MARGIN = 10,
	ROW = 18,
	HEAD = 44,     /* room for the title */
	CHARACTER = 7, /* the width of one, on the safe side */
	TEXT_MIN = 28, /* narrower boxes have no text */
	PIECE = 512,   /* bytes of a line at a time */
	PER_MILLE = 1000,
};

struct drawing {
	kd_sink_fn *sink;
	void *ctx;
	const char *unit;
	uint64_t total;
	unsigned depth; /* rows, that of the sum included */
};

static void put(const struct drawing *d, const char *text)
{
	d->sink(d->ctx, text, strlen(text));
}

/* Text between tags: markup, and whatever is no XML, is taken out of it. */
static void put_escaped(const struct drawing *d, const char *text, size_t len)
{
	for (size_t i = 0; i < len;) {
		size_t n = kd_text_character(text + i, len - i);
		unsigned char c = (unsigned char)text[i];

		switch (c) {
		case '<':
			put(d, "&lt;");
			break;
		case '>':
			put(d, "&gt;");
			break;
		case '&':
			put(d, "&amp;");
			break;
		default:
			if (n && c >= ' ' && c != 0x7f)
				d->sink(d->ctx, text + i, n);
			else
				put(d, "?");
			break;
		}
		i += n ? n : 1;
	}
}

static int by_names(const void *a, const void *b)
{
	const struct kd_flame_stack *x = a, *y = b;

	for (size_t i = 0; i < x->names && i < y->names; i++) {
		int c = strcmp(x->name[i], y->name[i]);

		if (c)
			return c;
	}
	return (x->names > y->names) - (x->names < y->names);
}

/* Are they the same up to this frame, and have they one? */
static bool share(const struct kd_flame_stack *a,
		  const struct kd_flame_stack *b, size_t frame)
{
	if (a->names <= frame || b->names <= frame)
		return false;
	for (size_t i = 0; i <= frame; i++)
		if (strcmp(a->name[i], b->name[i]) != 0)
			return false;
	return true;
}

/* A colour between red and yellow, the same for each module. */
static void add_colour(struct kd_text *t, const char *name)
{
	uint32_t hash = 2166136261u;

	for (const char *at = name; *at && *at != '!'; at++)
		hash = (hash ^ (unsigned char)*at) * 16777619u;
	kd_text_add(t, "rgb(%u,%u,%u)", 205 + hash % 50, 90 + hash / 64 % 120,
		    40 + hash / 8192 % 50);
}

/* Thousandths, rounded, of what cannot be multiplied without care. */
static unsigned per_mille(uint64_t part, uint64_t all)
{
	double share_of_all = (double)part / (double)all;

	return (unsigned)(share_of_all * PER_MILLE + 0.5);
}

struct box {
	const char *name;
	unsigned row;
	uint64_t start, weight;
};

static void draw_box(const struct drawing *d, const struct box *b)
{
	double scale = (double)(WIDTH - 2 * MARGIN) / (double)d->total;
	double x = MARGIN + (double)b->start * scale;
	double width = (double)b->weight * scale;
	unsigned y = HEAD + (d->depth - 1 - b->row) * ROW;
	unsigned share_of_all = per_mille(b->weight, d->total);
	char line[PIECE];
	struct kd_text t = kd_text_over(line, sizeof(line));
	size_t len = strlen(b->name), fits;

	if (width < 0.25)
		return;
	put(d, "<g><title>");
	put_escaped(d, b->name, len);
	kd_text_add(&t,
		    " (%" PRIu64 " %s, %u.%u%%)</title>"
		    "<rect x=\"%.2f\" y=\"%u\" width=\"%.2f\" height=\"%u\" "
		    "rx=\"2\" fill=\"",
		    b->weight, d->unit, share_of_all / 10, share_of_all % 10, x,
		    y, width, (unsigned)ROW - 1);
	add_colour(&t, b->name);
	kd_text_add(&t, "\"/>");
	put(d, line);
	if (width >= TEXT_MIN) {
		t = kd_text_over(line, sizeof(line));
		kd_text_add(&t, "<text x=\"%.2f\" y=\"%u\">", x + 3,
			    y + ROW - 5);
		put(d, line);
		fits = (size_t)(width - 6) / CHARACTER;
		put_escaped(d, b->name,
			    fits < len ? kd_text_cut(b->name, len, fits) : len);
		put(d, fits < len ? "..</text>" : "</text>");
	}
	put(d, "</g>\n");
}

/* The boxes of a row: stacks that are the same so far stand side by side. */
static void draw_row(const struct drawing *d,
		     const struct kd_flame_stack *stacks, size_t count,
		     size_t frame)
{
	uint64_t start = 0;

	for (size_t i = 0; i < count;) {
		struct box b = { .row = (unsigned)frame + 1, .start = start };
		size_t j = i;

		do
			b.weight += stacks[j++].weight;
		while (j < count && share(&stacks[i], &stacks[j], frame));
		if (stacks[i].names > frame && b.weight) {
			b.name = stacks[i].name[frame];
			draw_box(d, &b);
		}
		start += b.weight;
		i = j;
	}
}

static void draw_head(const struct drawing *d, const char *title)
{
	unsigned height = HEAD + d->depth * ROW + MARGIN;
	char line[PIECE];
	struct kd_text t = kd_text_over(line, sizeof(line));

	kd_text_add(&t,
		    "<svg xmlns=\"http://www.w3.org/2000/svg\" "
		    "width=\"%u\" height=\"%u\" viewBox=\"0 0 %u %u\" "
		    "font-family=\"monospace\" font-size=\"11\">\n",
		    (unsigned)WIDTH, height, (unsigned)WIDTH, height);
	put(d, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
	put(d, line);
	put(d, "<style>rect:hover{stroke:black}text{pointer-events:none}"
	       "</style>\n"
	       "<rect width=\"100%\" height=\"100%\" fill=\"#fffdf5\"/>\n");
	t = kd_text_over(line, sizeof(line));
	kd_text_add(&t, "<text x=\"%u\" y=\"26\" font-size=\"16\">",
		    (unsigned)MARGIN);
	put(d, line);
	put_escaped(d, title, strlen(title));
	put(d, "</text>\n");
}

void kd_flame_graph_write(const struct kd_flame_text *text,
			  struct kd_flame_stack *stacks, size_t count,
			  kd_sink_fn *sink, void *ctx)
{
	struct drawing d = {
		.sink = sink, .ctx = ctx, .unit = text->unit, .depth = 1
	};

	if (count)
		qsort(stacks, count, sizeof(*stacks), by_names);
	for (size_t i = 0; i < count; i++) {
		d.total += stacks[i].weight;
		if (stacks[i].weight && stacks[i].names + 1 > d.depth)
			d.depth = (unsigned)stacks[i].names + 1;
	}
	draw_head(&d, text->title);
	if (d.total)
		draw_box(&d, &(struct box){ .name = "all", .weight = d.total });
	for (size_t frame = 0; frame + 1 < d.depth; frame++)
		draw_row(&d, stacks, count, frame);
	put(&d, "</svg>\n");
}

static void put_folded(const struct drawing *d, const char *name)
{
	for (; *name; name++) {
		char c = *name;

		if (c == ';')
			c = ':';
		else if ((unsigned char)c <= ' ')
			c = '_';
		d->sink(d->ctx, &c, 1);
	}
}

void kd_flame_folded_write(const struct kd_flame_stack *stacks, size_t count,
			   kd_sink_fn *sink, void *ctx)
{
	const struct drawing d = { .sink = sink, .ctx = ctx };

	for (size_t i = 0; i < count; i++) {
		char number[32];
		struct kd_text t = kd_text_over(number, sizeof(number));

		if (!stacks[i].weight)
			continue;
		for (size_t f = 0; f < stacks[i].names; f++) {
			put(&d, f ? ";" : "");
			put_folded(&d, stacks[i].name[f]);
		}
		kd_text_add(&t, " %" PRIu64 "\n", stacks[i].weight);
		put(&d, number);
	}
}

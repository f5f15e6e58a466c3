/* Covers: session/kd_journal.c session/kd_journal_text.c */

#include "kd_journal.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void must_agree(const struct kd_journal *a, const struct kd_journal *b)
{
	if (a->count != b->count || a->bytes != b->bytes)
		abort();
	for (size_t i = 0; i < a->count; i++) {
		const struct kd_change *x = a->change[i], *y = b->change[i];

		if (x->id != y->id || x->kind != y->kind ||
		    x->address != y->address || x->handle != y->handle ||
		    x->len != y->len || !x->old || !y->old)
			abort();
		if (x->len && (memcmp(x->old_bytes, y->old_bytes, x->len) ||
			       memcmp(x->new_bytes, y->new_bytes, x->len)))
			abort();
	}
}

/* As a session would have written it. */
static char *write_again(const struct kd_journal *j, const struct kd_boot *boot,
			 size_t *ret_len)
{
	static char line[KD_JOURNAL_LINE_MAX];
	char *text = malloc((j->count * 2 + 1) * 128 + j->bytes * 2);
	size_t at = 0;

	if (!text)
		return NULL;
	at = kd_journal_text_head(boot, line);
	memcpy(text, line, at);
	for (size_t i = 0; i < j->count; i++) {
		size_t n = kd_journal_text_add(j->change[i], line);

		memcpy(text + at, line, n);
		at += n;
		if (j->change[i]->kind != KD_CHANGE_TABLE)
			continue;
		n = kd_journal_text_handle(j->change[i], line);
		memcpy(text + at, line, n);
		at += n;
	}
	*ret_len = at;
	return text;
}

/* What is read can be written, and then says the same. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct kd_boot boot = { 0 }, again;
	struct kd_detail detail = { 0 };
	struct kd_journal a, b;
	size_t text_len = 0;
	char *text;

	kd_journal_init(&a, kd_allocator_libc());
	kd_journal_init(&b, kd_allocator_libc());
	if (kd_journal_parse(&a, (const char *)data, len, &detail, &boot)) {
		if (a.count || !detail.text[0])
			abort();
		kd_journal_deinit(&a);
		return 0;
	}
	text = write_again(&a, &boot, &text_len);
	if (text) {
		if (kd_journal_parse(&b, text, text_len, &detail, &again) ||
		    boot.uptime != again.uptime ||
		    boot.kernel_base != again.kernel_base)
			abort();
		must_agree(&a, &b);
	}
	free(text);
	kd_journal_deinit(&a);
	kd_journal_deinit(&b);
	return 0;
}

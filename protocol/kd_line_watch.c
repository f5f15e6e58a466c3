#include "kd_line_watch.h"

#include "kd_packet.h"

enum {
	SILENCE_US = 3000000,
	SAMPLE = 64,	/* bytes to judge by */
	TEXT_SHARE = 8, /* at most one in so many is no letter: text */
};

static enum kd_notice once(struct kd_line_watch *w, enum kd_notice what)
{
	uint32_t bit = UINT32_C(1) << what;

	if (w->settled || (w->told & bit))
		return KD_NOTICE_NONE;
	w->told |= bit;
	return what;
}

/* Nothing of what we sent until now can come back any more. */
static void forget_ours(struct kd_line_watch *w)
{
	w->ours_len = w->echoed = w->packet_echoed = 0;
	w->reset_echoed = w->break_in_echoed = false;
}

void kd_line_watch_sent(struct kd_line_watch *w, const uint8_t *bytes,
			size_t len)
{
	if (w->settled)
		return;
	if (len > sizeof(w->ours) - w->ours_len)
		forget_ours(w);
	for (size_t i = 0; i < len && i < sizeof(w->ours); i++)
		w->ours[w->ours_len++] = bytes[i];
}

/*
 * A target answers RESET with the same bytes, and never sends a break-in:
 * both have to come back, with nothing between, to be an echo.
 */
enum kd_notice kd_line_watch_heard(struct kd_line_watch *w,
				   const uint8_t *bytes, size_t len)
{
	w->heard = w->heard || len;
	for (size_t i = 0; i < len && !w->settled; i++) {
		if (w->echoed == w->ours_len ||
		    w->ours[w->echoed] != bytes[i]) {
			forget_ours(w);
			continue;
		}
		w->echoed++;
		if (bytes[i] == KD_BREAKIN) {
			w->break_in_echoed = true;
			w->packet_echoed = 0;
		} else if (++w->packet_echoed == KD_HEADER_SIZE) {
			w->reset_echoed = true;
		}
		if (w->reset_echoed && w->break_in_echoed)
			return once(w, KD_NOTICE_ECHO);
	}
	return KD_NOTICE_NONE;
}

enum kd_notice kd_line_watch_noise(struct kd_line_watch *w, uint64_t noise,
				   uint64_t letters)
{
	uint64_t bytes = noise - w->noise;
	uint64_t others = bytes - (letters - w->letters);

	if (bytes < SAMPLE)
		return KD_NOTICE_NONE;
	w->noise = noise;
	w->letters = letters;
	return once(w, others * TEXT_SHARE <= bytes ? KD_NOTICE_TEXT
						    : KD_NOTICE_NOISE);
}

void kd_line_watch_settle(struct kd_line_watch *w)
{
	w->settled = true;
}

uint64_t kd_line_watch_deadline(const struct kd_line_watch *w)
{
	if (!w->started)
		return 0;
	return w->heard || w->settled ? KD_NEVER : w->silent_at_us;
}

enum kd_notice kd_line_watch_tick(struct kd_line_watch *w, uint64_t now_us)
{
	if (!w->started) {
		w->started = true;
		w->silent_at_us = kd_clock_after(now_us, SILENCE_US);
	}
	if (w->heard || now_us < w->silent_at_us)
		return KD_NOTICE_NONE;
	w->silent_at_us = KD_NEVER;
	return once(w, KD_NOTICE_SILENCE);
}

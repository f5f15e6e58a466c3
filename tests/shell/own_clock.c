#include "own_clock.h"

#include "lab_contract.h"

/* The operations are the clock's first member. */
static struct own_clock *clock_of(struct lab_machine *m)
{
	return (struct own_clock *)(uintptr_t)m->ops;
}

/* It has done all there is to do until the next interrupt. */
static bool is_idle(struct lab_machine *m)
{
	const struct own_clock *c = clock_of(m);

	return c->inner->next(m) > c->ticks * LAB_CLOCK_US;
}

/* No interrupt comes in the middle of work, which stops may have delayed. */
static bool run(struct lab_machine *m, uint64_t now_us, struct lab_event *ret)
{
	struct own_clock *c = clock_of(m);

	if (!c->due_us) {
		c->due_us = now_us + LAB_CLOCK_US;
	} else if (now_us >= c->due_us && is_idle(m)) {
		c->ticks++;
		c->due_us = now_us + LAB_CLOCK_US;
	}
	return c->inner->run(m, c->ticks * LAB_CLOCK_US, ret);
}

static uint64_t next(struct lab_machine *m)
{
	return is_idle(m) ? clock_of(m)->due_us : 0;
}

void own_clock_attach(void *clock, struct lab_machine *m)
{
	struct own_clock *c = clock;

	*c = (struct own_clock){ .ops = *m->ops, .inner = m->ops };
	c->ops.run = run;
	c->ops.next = next;
	m->ops = &c->ops;
}

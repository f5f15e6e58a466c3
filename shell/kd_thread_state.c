/* What a thread does or waits for, in !thread's words. */

#include "kd_kernel_text.h"

#include <inttypes.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* KWAIT_REASON, as wdm.h has it. */
static const char *const reasons[] = {
	"Executive",
	"FreePage",
	"PageIn",
	"PoolAllocation",
	"DelayExecution",
	"Suspended",
	"UserRequest",
	"WrExecutive",
	"WrFreePage",
	"WrPageIn",
	"WrPoolAllocation",
	"WrDelayExecution",
	"WrSuspended",
	"WrUserRequest",
	"WrEventPair",
	"WrQueue",
	"WrLpcReceive",
	"WrLpcReply",
	"WrVirtualMemory",
	"WrPageOut",
	"WrRendezvous",
	"WrKeyedEvent",
	"WrTerminated",
	"WrProcessInSwap",
	"WrCpuRateControl",
	"WrCalloutStack",
	"WrKernel",
	"WrResource",
	"WrPushLock",
	"WrMutex",
	"WrQuantumEnd",
	"WrDispatchInt",
	"WrPreempted",
	"WrYieldExecution",
	"WrFastMutex",
	"WrGuardedMutex",
	"WrRundown",
	"WrAlertByThreadId",
	"WrDeferredPreempt",
	"WrPhysicalFault",
	"WrIoRing",
	"WrMdlCache",
	"WrRcu",
};

static void add_wait(struct kd_text *out, const struct kd_thread *t)
{
	if (t->wait_reason < COUNT(reasons))
		kd_text_add(out, "WAIT: (%s)", reasons[t->wait_reason]);
	else
		kd_text_add(out, "WAIT: (%" PRIu64 ")", t->wait_reason);
	kd_text_add(out, " %s %s",
		    t->waits_in_user_mode ? "UserMode" : "KernelMode",
		    t->is_alertable ? "Alertable" : "Non-Alertable");
}

void kd_add_thread_state(struct kd_text *out, const struct kd_thread *t)
{
	static const char *const names[] = {
		[KD_THREAD_INITIALIZED] = "INITIALIZED",
		[KD_THREAD_READY] = "READY",
		[KD_THREAD_RUNNING] = "RUNNING",
		[KD_THREAD_STANDBY] = "STANDBY",
		[KD_THREAD_TERMINATED] = "TERMINATED",
		[KD_THREAD_TRANSITION] = "TRANSITION",
		[KD_THREAD_DEFERRED_READY] = "READY",
		[KD_THREAD_GATE_WAIT] = "GATEWAIT",
	};

	if (t->state == KD_THREAD_WAITING)
		add_wait(out, t);
	else if (t->state >= COUNT(names))
		kd_text_add(out, "UNKNOWN STATE %" PRIu64, t->state);
	else
		kd_text_add(out, "%s", names[t->state]);
	if (t->state == KD_THREAD_READY || t->state == KD_THREAD_RUNNING ||
	    t->state == KD_THREAD_STANDBY ||
	    t->state == KD_THREAD_DEFERRED_READY)
		kd_text_add(out, " on processor %" PRIx64, t->processor);
}

/* Names of what IRPs ask for, by their numbers in wdm.h. */
#include "kd_io_text.h"

static const char *const majors[KD_MAJOR_FUNCTIONS] = {
	"IRP_MJ_CREATE",
	"IRP_MJ_CREATE_NAMED_PIPE",
	"IRP_MJ_CLOSE",
	"IRP_MJ_READ",
	"IRP_MJ_WRITE",
	"IRP_MJ_QUERY_INFORMATION",
	"IRP_MJ_SET_INFORMATION",
	"IRP_MJ_QUERY_EA",
	"IRP_MJ_SET_EA",
	"IRP_MJ_FLUSH_BUFFERS",
	"IRP_MJ_QUERY_VOLUME_INFORMATION",
	"IRP_MJ_SET_VOLUME_INFORMATION",
	"IRP_MJ_DIRECTORY_CONTROL",
	"IRP_MJ_FILE_SYSTEM_CONTROL",
	"IRP_MJ_DEVICE_CONTROL",
	"IRP_MJ_INTERNAL_DEVICE_CONTROL",
	"IRP_MJ_SHUTDOWN",
	"IRP_MJ_LOCK_CONTROL",
	"IRP_MJ_CLEANUP",
	"IRP_MJ_CREATE_MAILSLOT",
	"IRP_MJ_QUERY_SECURITY",
	"IRP_MJ_SET_SECURITY",
	"IRP_MJ_POWER",
	"IRP_MJ_SYSTEM_CONTROL",
	"IRP_MJ_DEVICE_CHANGE",
	"IRP_MJ_QUERY_QUOTA",
	"IRP_MJ_SET_QUOTA",
	"IRP_MJ_PNP",
};

static const char *const plug_and_play[] = {
	"IRP_MN_START_DEVICE",
	"IRP_MN_QUERY_REMOVE_DEVICE",
	"IRP_MN_REMOVE_DEVICE",
	"IRP_MN_CANCEL_REMOVE_DEVICE",
	"IRP_MN_STOP_DEVICE",
	"IRP_MN_QUERY_STOP_DEVICE",
	"IRP_MN_CANCEL_STOP_DEVICE",
	"IRP_MN_QUERY_DEVICE_RELATIONS",
	"IRP_MN_QUERY_INTERFACE",
	"IRP_MN_QUERY_CAPABILITIES",
	"IRP_MN_QUERY_RESOURCES",
	"IRP_MN_QUERY_RESOURCE_REQUIREMENTS",
	"IRP_MN_QUERY_DEVICE_TEXT",
	"IRP_MN_FILTER_RESOURCE_REQUIREMENTS",
	NULL,
	"IRP_MN_READ_CONFIG",
	"IRP_MN_WRITE_CONFIG",
	"IRP_MN_EJECT",
	"IRP_MN_SET_LOCK",
	"IRP_MN_QUERY_ID",
	"IRP_MN_QUERY_PNP_DEVICE_STATE",
	"IRP_MN_QUERY_BUS_INFORMATION",
	"IRP_MN_DEVICE_USAGE_NOTIFICATION",
	"IRP_MN_SURPRISE_REMOVAL",
	"IRP_MN_QUERY_LEGACY_BUS_INFORMATION",
};

static const char *const power[] = {
	"IRP_MN_WAIT_WAKE",
	"IRP_MN_POWER_SEQUENCE",
	"IRP_MN_SET_POWER",
	"IRP_MN_QUERY_POWER",
};

static const char *const wmi[] = {
	"IRP_MN_QUERY_ALL_DATA",
	"IRP_MN_QUERY_SINGLE_INSTANCE",
	"IRP_MN_CHANGE_SINGLE_INSTANCE",
	"IRP_MN_CHANGE_SINGLE_ITEM",
	"IRP_MN_ENABLE_EVENTS",
	"IRP_MN_DISABLE_EVENTS",
	"IRP_MN_ENABLE_COLLECTION",
	"IRP_MN_DISABLE_COLLECTION",
	"IRP_MN_REGINFO",
	"IRP_MN_EXECUTE_METHOD",
};

static const char *const scsi[] = { NULL, "IRP_MN_SCSI_CLASS" };

/* Whose minor functions have names. */
static const struct {
	unsigned major;
	const char *const *names;
	size_t count;
} minors[] = {
	{ 0x0f, scsi, sizeof(scsi) / sizeof(scsi[0]) },
	{ 0x16, power, sizeof(power) / sizeof(power[0]) },
	{ 0x17, wmi, sizeof(wmi) / sizeof(wmi[0]) },
	{ 0x1b, plug_and_play,
	  sizeof(plug_and_play) / sizeof(plug_and_play[0]) },
};

const char *kd_irp_major_name(unsigned major)
{
	return major < KD_MAJOR_FUNCTIONS ? majors[major] : "N/A";
}

const char *kd_irp_minor_name(unsigned major, unsigned minor)
{
	for (size_t i = 0; i < sizeof(minors) / sizeof(minors[0]); i++)
		if (minors[i].major == major && minor < minors[i].count &&
		    minors[i].names[minor])
			return minors[i].names[minor];
	return "N/A";
}

/* What is counted besides the pools, and the file for paging. */
#include "ki.h"

enum { PAGING_FILES = 16, FILE_PAGES = 0x4000, FILE_PAGES_MOST = 0x10000 };

uint64_t MmSharedCommit; /* pages, as the others */
uint64_t MmTotalFreeSystemPtes, MmTotalPagesForPagingFile;
struct _MMPFNLIST MmModifiedPageListHead;

/*
 * Commits that failed: with an expansion of the file, with a file that is as
 * large as it may be, with the file's lock held, by arithmetic.
 */
uint32_t MiChargeCommitmentFailures[4];

struct _MMPAGING_FILE *MmPagingFile[PAGING_FILES];
uint32_t MmNumberOfPagingFiles;

static struct _MMPAGING_FILE MiPagingFile;
static uint16_t MiPagingFileName[32];

uint64_t MiCreatePagingFile(void)
{
	MiPagingFile = (struct _MMPAGING_FILE){
		.Size = FILE_PAGES,
		.MinimumSize = FILE_PAGES,
		.MaximumSize = FILE_PAGES_MOST,
		.FreeSpace = FILE_PAGES,
		.PageFileName =
			RtlWiden("\\??\\C:\\pagefile.sys", MiPagingFileName,
				 sizeof(MiPagingFileName) / 2),
	};
	MmPagingFile[MmNumberOfPagingFiles++] = &MiPagingFile;
	return MiPagingFile.Size;
}

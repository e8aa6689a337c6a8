#include <archive.h>
#include <archive_entry.h>
#include <expat.h>
#include <iconv.h>

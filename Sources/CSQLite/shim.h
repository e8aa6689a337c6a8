#include <sqlite3.h>

/// Has SQLite keep no statistics of its memory: it would take a lock for each allocation. Call it before all else.
/// `sqlite3_config` takes variable arguments, which Swift cannot pass.
static inline int voc_sqlite_forgo_statistics(void) { return sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0); }

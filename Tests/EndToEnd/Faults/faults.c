// Makes the system fail: preloaded into a process, it lets one operation on files of a folder go wrong.
//
//   FAULT_DIR    only files whose path holds this
//   FAULT_KIND   write, sync, rename, open or any
//   FAULT_AT     the n-th such operation, from 1; 0: none
//   FAULT_MODE   error (errno below), torn (half is written, then the error), kill (the process ends before it)
//   FAULT_ERRNO  5 EIO, 28 ENOSPC, 30 EROFS
//   FAULT_STAYS  1: all later ones fail as well, as on a disk that is full or has become read-only
//   FAULT_WHILE  file: none fails while it is not there
//   FAULT_COUNT  file that gets the number of operations seen
//   FAULT_LOG    file that gets a line for each: kind and path
//   FAULT_FREE   so many bytes are free on the disk of those files: what makes them longer takes some, what makes them shorter
//                gives them back, and where nothing is left it fails with ENOSPC
//   FAULT_CLOCK  the clock is ahead by so many seconds; how long the machine has been up stays true
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static atomic_long seen;
static atomic_bool tracked[65536];

static int watches(const char *kind) {
    const char *wanted = getenv("FAULT_KIND");
    return wanted && (strcmp(wanted, kind) == 0 || strcmp(wanted, "any") == 0);
}

static int is_inside(const char *path) {
    const char *folder = getenv("FAULT_DIR");
    return folder && path && strstr(path, folder) != NULL;
}

static void note(const char *kind, const char *path) {
    const char *log = getenv("FAULT_LOG");
    if (!log) return;
    char text[PATH_MAX + 16];
    int length = snprintf(text, sizeof text, "%s %s\n", kind, path);
    int file = syscall(SYS_openat, AT_FDCWD, log, O_WRONLY | O_CREAT | O_APPEND, 0600);
    if (file >= 0) {
        syscall(SYS_write, file, text, length);
        syscall(SYS_close, file);
    }
}

// Whether this operation fails; ends the process when it is to die here.
static int fails(const char *kind, const char *path) {
    if (!watches(kind)) return 0;
    const char *flag = getenv("FAULT_WHILE");
    if (flag && access(flag, F_OK) != 0) return 0;
    note(kind, path);
    long number = atomic_fetch_add(&seen, 1) + 1;
    const char *at = getenv("FAULT_AT"), *mode = getenv("FAULT_MODE"), *stays = getenv("FAULT_STAYS");
    long wanted = at ? atol(at) : 0;
    if (wanted == 0 || number < wanted || (number > wanted && !(stays && *stays == '1'))) return 0;
    if (mode && strcmp(mode, "kill") == 0) {
        syscall(SYS_kill, getpid(), SIGKILL);
        for (;;) pause();
    }
    const char *code = getenv("FAULT_ERRNO");
    errno = code ? atoi(code) : EIO;
    return 1;
}

static int is_torn(void) {
    const char *mode = getenv("FAULT_MODE");
    return mode && strcmp(mode, "torn") == 0;
}

__attribute__((destructor)) static void report(void) {
    const char *path = getenv("FAULT_COUNT");
    if (!path) return;
    char text[32];
    int length = snprintf(text, sizeof text, "%ld\n", atomic_load(&seen));
    int file = syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (file >= 0) {
        syscall(SYS_write, file, text, length);
        syscall(SYS_close, file);
    }
}

// What is left of the disk; -1: as much as there is.
static atomic_long room = -1;

__attribute__((constructor)) static void begin(void) {
    const char *text = getenv("FAULT_FREE");
    if (text) atomic_store(&room, atol(text));
}

static long length(int file) {
    struct stat status;
    return fstat(file, &status) == 0 ? (long)status.st_size : 0;
}

// Takes what a file grows by; 0 when there is not so much.
static int takes(long bytes) {
    if (bytes <= 0 || atomic_load(&room) < 0) return 1;
    if (atomic_fetch_sub(&room, bytes) >= bytes) return 1;
    atomic_fetch_add(&room, bytes);
    errno = ENOSPC;
    return 0;
}

static void gives(long bytes) {
    if (bytes > 0 && atomic_load(&room) >= 0) atomic_fetch_add(&room, bytes);
}

static int track(int file, int inside) {
    if (file >= 0 && file < 65536) atomic_store(&tracked[file], inside);
    return file;
}

// The path of an open file.
static const char *path_of(int file, char *path) {
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = syscall(SYS_readlinkat, AT_FDCWD, link, path, PATH_MAX - 1);
    path[length < 0 ? 0 : length] = 0;
    return path;
}

static int fails_on(const char *kind, int file) {
    char path[PATH_MAX];
    return watches(kind) && fails(kind, path_of(file, path));
}

static int is_tracked(int file) { return file >= 0 && file < 65536 && atomic_load(&tracked[file]); }

#define OPEN(name, call)                                                                                          \
    int name(const char *path, int flags, ...) {                                                                  \
        static int (*real)(const char *, int, ...);                                                               \
        if (!real) real = dlsym(RTLD_NEXT, call);                                                                 \
        va_list list;                                                                                             \
        va_start(list, flags);                                                                                    \
        mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(list, mode_t) : 0;                                   \
        va_end(list);                                                                                             \
        int inside = is_inside(path);                                                                             \
        if (inside && !(flags & O_DIRECTORY) && fails("open", path)) return -1;                                   \
        if (inside && flags & O_TRUNC) {                                                                          \
            struct stat status;                                                                                   \
            if (stat(path, &status) == 0) gives(status.st_size);                                                  \
        }                                                                                                         \
        return track(real(path, flags, mode), inside);                                                            \
    }
OPEN(open, "open")
OPEN(open64, "open64")

#define WRITE(name, call, parameters, arguments, half, end)                                                       \
    ssize_t name parameters {                                                                                     \
        static ssize_t(*real) parameters;                                                                         \
        if (!real) real = dlsym(RTLD_NEXT, call);                                                                 \
        if (is_tracked(file) && fails_on("write", file)) {                                                                 \
            int code = errno;                                                                                     \
            if (is_torn()) real half;                                                                             \
            errno = code;                                                                                         \
            return -1;                                                                                            \
        }                                                                                                         \
        if (is_tracked(file) && !takes((end) - length(file))) return -1;                                          \
        return real arguments;                                                                                    \
    }
WRITE(write, "write", (int file, const void *bytes, size_t count), (file, bytes, count), (file, bytes, count / 2), (long)lseek(file, 0, SEEK_CUR) + (long)count)
WRITE(pwrite, "pwrite", (int file, const void *bytes, size_t count, off_t at), (file, bytes, count, at), (file, bytes, count / 2, at), (long)at + (long)count)
WRITE(pwrite64, "pwrite64", (int file, const void *bytes, size_t count, off64_t at), (file, bytes, count, at), (file, bytes, count / 2, at), (long)at + (long)count)

#define SYNC(name, call)                                                                                          \
    int name(int file) {                                                                                          \
        static int (*real)(int);                                                                                  \
        if (!real) real = dlsym(RTLD_NEXT, call);                                                                 \
        if (is_tracked(file) && fails_on("sync", file)) return -1;                                                         \
        return real(file);                                                                                        \
    }
SYNC(fsync, "fsync")
SYNC(fdatasync, "fdatasync")

int ftruncate64(int file, off64_t end) {
    static int (*real)(int, off64_t);
    if (!real) real = dlsym(RTLD_NEXT, "ftruncate64");
    if (is_tracked(file)) {
        if (fails_on("write", file)) return -1;
        long grows = (long)end - length(file);
        if (!takes(grows)) return -1;
        gives(-grows);
    }
    return real(file, end);
}

int truncate(const char *path, off_t end) {
    static int (*real)(const char *, off_t);
    if (!real) real = dlsym(RTLD_NEXT, "truncate");
    struct stat status;
    if (is_inside(path) && stat(path, &status) == 0) gives((long)status.st_size - (long)end);
    return real(path, end);
}

int posix_fallocate(int file, off_t at, off_t count) {
    static int (*real)(int, off_t, off_t);
    if (!real) real = dlsym(RTLD_NEXT, "posix_fallocate");
    if (is_tracked(file) && !takes((long)(at + count) - length(file))) return ENOSPC;
    return real(file, at, count);
}

static int gone(const char *path) {
    struct stat status;
    if (is_inside(path) && stat(path, &status) == 0 && status.st_nlink == 1) gives(status.st_size);
    return 0;
}

int unlink(const char *path) {
    static int (*real)(const char *);
    if (!real) real = dlsym(RTLD_NEXT, "unlink");
    gone(path);
    return real(path);
}

int statvfs(const char *path, struct statvfs *status) {
    static int (*real)(const char *, struct statvfs *);
    if (!real) real = dlsym(RTLD_NEXT, "statvfs");
    int result = real(path, status);
    if (result == 0 && is_inside(path) && atomic_load(&room) >= 0) status->f_bavail = (fsblkcnt_t)(atomic_load(&room) / (long)status->f_frsize);
    return result;
}

int rename(const char *from, const char *to) {
    static int (*real)(const char *, const char *);
    if (!real) real = dlsym(RTLD_NEXT, "rename");
    if (is_inside(to) && fails("rename", to)) return -1;
    gone(to);
    return real(from, to);
}

static long ahead(void) {
    const char *text = getenv("FAULT_CLOCK");
    return text ? atol(text) : 0;
}

int clock_gettime(clockid_t clock, struct timespec *time) {
    static int (*real)(clockid_t, struct timespec *);
    if (!real) real = dlsym(RTLD_NEXT, "clock_gettime");
    int result = real(clock, time);
    // As faketime does, which lets programs see another time since the machine's start as well.
    if (result == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_BOOTTIME)) time->tv_sec += ahead();
    return result;
}

int gettimeofday(struct timeval *restrict time, void *restrict zone) {
    static int (*real)(struct timeval *, void *);
    if (!real) real = dlsym(RTLD_NEXT, "gettimeofday");
    int result = real(time, zone);
    if (result == 0) time->tv_sec += ahead();
    return result;
}

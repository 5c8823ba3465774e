/*
 * Preloaded into a process: writes down what it does to the files of one folder, and makes some of it fail when told to.
 *
 *   LETAN_DISK_FOLDER  the folder, absolute; only files directly in it count. `-shm` files can fail but are not written down: SQLite
 *                      rebuilds them
 *   LETAN_DISK_LOG     where to append the records; without it nothing is written down
 *
 * A record is `struct record` and `length` bytes: a path for OPEN and UNLINK, "from\0to" for RENAME, the bytes for WRITE. It is written
 * after the call, under one lock, so that the records' order is the order of effects. Failed calls leave no record.
 *
 * Faults: unlink("/letan-disk-faults/<calls>/<skip>/<count>/<errno>") arms one (count -1: until disarmed by count 0). <calls> are letters:
 * w writes, g writes beyond the file's end only (what a full disk refuses), s fsync, t ftruncate, c creating a file, n rename and unlink.
 * The first failing write is short where it can be: half of it arrives, as on a disk that fills up.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

enum { OPEN = 1, WRITE, TRUNCATE, SYNC, CLOSE, RENAME, UNLINK };
enum { CREATED = 1, EMPTIED = 2, DIRECTORY = 4 };
struct record {
  uint8_t kind, flags;
  uint16_t spare;
  int32_t fd;
  int64_t offset;
  int64_t length;
};

#define MAX_FDS 4096
enum { FILE_KIND = 1, FOLDER_KIND, INDEX_KIND };
static unsigned char tracked[MAX_FDS];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static const char *folder;
static size_t folder_length;
static int log_fd = -1;
static struct {
  char calls[8];
  long skip, count;
  int error;
  int cut_short;
} fault;

#define REAL(type, name, ...)                                          \
  static type (*real)(__VA_ARGS__);                                    \
  if (!real) real = (type(*)(__VA_ARGS__))dlsym(RTLD_NEXT, name)

__attribute__((constructor)) static void start(void) {
  const char *log = getenv("LETAN_DISK_LOG");
  folder = getenv("LETAN_DISK_FOLDER");
  if (!folder) return;
  folder_length = strlen(folder);
  if (log) log_fd = (int)syscall(SYS_openat, AT_FDCWD, log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
}

/* One of the kinds above, or 0 for a path that does not count. */
static int counts(const char *path) {
  if (!folder || !path || strncmp(path, folder, folder_length) != 0) return 0;
  if (path[folder_length] == '\0') return FOLDER_KIND;
  if (path[folder_length] != '/' || strchr(path + folder_length + 1, '/')) return 0;
  size_t length = strlen(path);
  return length > 4 && strcmp(path + length - 4, "-shm") == 0 ? INDEX_KIND : FILE_KIND;
}
static int is_tracked(int fd) { return fd >= 0 && fd < MAX_FDS ? tracked[fd] : 0; }

static void note(int kind, int flags, int fd, int64_t offset, const void *bytes, size_t length) {
  if (log_fd < 0) return;
  struct record head = {(uint8_t)kind, (uint8_t)flags, 0, fd, offset, (int64_t)length};
  struct iovec parts[2] = {{&head, sizeof head}, {(void *)bytes, length}};
  if (syscall(SYS_writev, log_fd, parts, 2) != (long)(sizeof head + length)) abort();
}

/* True when this call has to fail; errno is set. */
static int fails(char call) {
  if (fault.count == 0 || !strchr(fault.calls, call)) return 0;
  if (fault.skip > 0) {
    fault.skip--;
    return 0;
  }
  if (fault.count > 0) fault.count--;
  errno = fault.error;
  return 1;
}
static int arm(const char *path) {
  static const char prefix[] = "/letan-disk-faults/";
  if (strncmp(path, prefix, sizeof prefix - 1) != 0) return 0;
  memset(&fault, 0, sizeof fault);
  if (sscanf(path + sizeof prefix - 1, "%7[a-z]/%ld/%ld/%d", fault.calls, &fault.skip, &fault.count, &fault.error) != 4) abort();
  fault.cut_short = 1;
  return 1;
}

static int opened(int fd, const char *path, int kind, int existed, int flags) {
  if (fd < 0) return fd;
  if (fd >= MAX_FDS) abort();
  tracked[fd] = (unsigned char)kind;
  int effect = (existed ? 0 : CREATED) | (flags & O_TRUNC ? EMPTIED : 0) | (kind == FOLDER_KIND ? DIRECTORY : 0);
  if (kind != INDEX_KIND) note(OPEN, effect, fd, 0, path + folder_length, strlen(path + folder_length));
  return fd;
}
static int open_at(int at, const char *path, int flags, mode_t mode) {
  int kind = counts(path);
  if (kind == 0) return (int)syscall(SYS_openat, at, path, flags, mode);
  pthread_mutex_lock(&lock);
  int existed = access(path, F_OK) == 0;
  int fd = !existed && (flags & O_CREAT) && fails('c') ? -1 : (int)syscall(SYS_openat, at, path, flags, mode);
  int error = errno;
  opened(fd, path, kind, existed, flags);
  pthread_mutex_unlock(&lock);
  errno = error;
  return fd;
}
static mode_t mode_of(int flags, va_list list) { return flags & (O_CREAT | O_TMPFILE) ? va_arg(list, mode_t) : 0; }
#define OPENING(name, extra, at)                        \
  int name(extra const char *path, int flags, ...) {    \
    va_list list;                                       \
    va_start(list, flags);                              \
    mode_t mode = mode_of(flags, list);                 \
    va_end(list);                                       \
    return open_at(at, path, flags | O_LARGEFILE, mode); \
  }
#define AT int dir,
OPENING(open, , AT_FDCWD)
OPENING(open64, , AT_FDCWD)
OPENING(openat, AT, dir)
OPENING(openat64, AT, dir)

/* One write at `offset`, or at the file's own place where that is -1. */
static ssize_t write_at(int fd, const void *bytes, size_t length, int64_t offset) {
  if (!is_tracked(fd)) return offset < 0 ? syscall(SYS_write, fd, bytes, length) : syscall(SYS_pwrite64, fd, bytes, length, offset);
  pthread_mutex_lock(&lock);
  struct stat now;
  int known = fstat(fd, &now) == 0;
  int64_t begin = offset >= 0 ? offset : lseek(fd, 0, SEEK_CUR);
  int grows = known && begin + (int64_t)length > now.st_size;
  int failing = fails('w') || (grows && fails('g'));
  if (failing && fault.cut_short && fault.error == ENOSPC && length > 1) {
    fault.cut_short = 0;
    length /= 2;
    failing = 0;
  }
  ssize_t done = failing ? -1 : offset < 0 ? syscall(SYS_write, fd, bytes, length) : syscall(SYS_pwrite64, fd, bytes, length, offset);
  int error = errno;
  if (done > 0 && is_tracked(fd) != INDEX_KIND) note(WRITE, 0, fd, offset >= 0 ? offset : lseek(fd, 0, SEEK_CUR) - done, bytes, (size_t)done);
  pthread_mutex_unlock(&lock);
  errno = error;
  return done;
}
ssize_t write(int fd, const void *bytes, size_t length) { return write_at(fd, bytes, length, -1); }
ssize_t pwrite(int fd, const void *bytes, size_t length, off_t offset) { return write_at(fd, bytes, length, offset); }
ssize_t pwrite64(int fd, const void *bytes, size_t length, off64_t offset) { return write_at(fd, bytes, length, offset); }
ssize_t writev(int fd, const struct iovec *parts, int count) {
  if (!is_tracked(fd)) return syscall(SYS_writev, fd, parts, count);
  ssize_t total = 0;
  for (int i = 0; i < count; i++) {
    ssize_t done = write_at(fd, parts[i].iov_base, parts[i].iov_len, -1);
    if (done < 0) return total ? total : -1;
    total += done;
    if ((size_t)done < parts[i].iov_len) break;
  }
  return total;
}

static int truncate_to(int fd, int64_t size) {
  if (!is_tracked(fd)) return (int)syscall(SYS_ftruncate, fd, size);
  pthread_mutex_lock(&lock);
  int result = fails('t') ? -1 : (int)syscall(SYS_ftruncate, fd, size);
  int error = errno;
  if (result == 0 && is_tracked(fd) != INDEX_KIND) note(TRUNCATE, 0, fd, size, "", 0);
  pthread_mutex_unlock(&lock);
  errno = error;
  return result;
}
int ftruncate(int fd, off_t size) { return truncate_to(fd, size); }
int ftruncate64(int fd, off64_t size) { return truncate_to(fd, size); }

static int sync_fd(int fd, long call) {
  if (!is_tracked(fd)) return (int)syscall(call, fd);
  pthread_mutex_lock(&lock);
  int result = fails('s') ? -1 : (int)syscall(call, fd);
  int error = errno;
  if (result == 0 && is_tracked(fd) != INDEX_KIND) note(SYNC, 0, fd, 0, "", 0);
  pthread_mutex_unlock(&lock);
  errno = error;
  return result;
}
int fsync(int fd) { return sync_fd(fd, SYS_fsync); }
int fdatasync(int fd) { return sync_fd(fd, SYS_fdatasync); }

int close(int fd) {
  REAL(int, "close", int);
  if (!is_tracked(fd)) return real(fd);
  pthread_mutex_lock(&lock);
  if (tracked[fd] != INDEX_KIND) note(CLOSE, 0, fd, 0, "", 0);
  tracked[fd] = 0;
  int result = real(fd);
  pthread_mutex_unlock(&lock);
  return result;
}

int rename(const char *from, const char *to) {
  REAL(int, "rename", const char *, const char *);
  if (!counts(from) || !counts(to)) return real(from, to);
  pthread_mutex_lock(&lock);
  int result = fails('n') ? -1 : real(from, to);
  int error = errno;
  if (result == 0 && counts(from) != INDEX_KIND) {
    char both[8192];
    int length = snprintf(both, sizeof both, "%s%c%s", from + folder_length, '\0', to + folder_length);
    if (length < 0 || (size_t)length >= sizeof both) abort();
    note(RENAME, 0, -1, 0, both, (size_t)length);
  }
  pthread_mutex_unlock(&lock);
  errno = error;
  return result;
}
int unlink(const char *path) {
  REAL(int, "unlink", const char *);
  if (arm(path)) return 0;
  if (!counts(path)) return real(path);
  pthread_mutex_lock(&lock);
  int result = fails('n') ? -1 : real(path);
  int error = errno;
  if (result == 0 && counts(path) != INDEX_KIND) note(UNLINK, 0, -1, 0, path + folder_length, strlen(path + folder_length));
  pthread_mutex_unlock(&lock);
  errno = error;
  return result;
}

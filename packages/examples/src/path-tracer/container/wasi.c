/*
 * The seven WASI calls that the path tracer imports, for the module translated to C by wasm2c and
 * run as a container's only process. The module's own arithmetic decides every pixel, so the
 * container renders the same picture as the wasm engine. Linked statically; no allocation here.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#include "path-tracer.h"

enum { WASI_OK = 0, WASI_BADF = 8, WASI_FAULT = 21, WASI_INVAL = 28, WASI_IO = 29, WASI_NOENT = 44 };
enum { FIRST_PREOPEN = 3, PREOPENS = 3, MAX_PATH = 4096, MAX_VECTORS = 16 };
enum { OPEN_CREATE = 1, OPEN_TRUNCATE = 8 };
static const u64 RIGHT_FD_WRITE = 1 << 6;

/* What the executor mounts; "/" holds the bag item as the file "item". */
static const char *const preopen_names[PREOPENS] = {"/in", "/out", "/"};

struct Z_wasi_snapshot_preview1_instance_t {
  Z_pathtracer_instance_t *module;
  int folders[PREOPENS];
};

typedef struct Z_wasi_snapshot_preview1_instance_t wasi_t;

static wasm_rt_memory_t *memory_of(wasi_t *wasi) { return Z_pathtracerZ_memory(wasi->module); }

/* A range of the module's memory, or NULL when any of it is outside. */
static u8 *range(wasi_t *wasi, u32 at, u64 length) {
  wasm_rt_memory_t *memory = memory_of(wasi);
  if ((u64)at + length > memory->size) return NULL;
  return memory->data + at;
}

static int store32(wasi_t *wasi, u32 at, u32 value) {
  u8 *target = range(wasi, at, 4);
  if (target == NULL) return WASI_FAULT;
  memcpy(target, &value, 4);
  return WASI_OK;
}

static int folder_of(wasi_t *wasi, u32 fd) {
  if (fd < FIRST_PREOPEN || fd >= FIRST_PREOPEN + PREOPENS) return -1;
  return wasi->folders[fd - FIRST_PREOPEN];
}

u32 Z_wasi_snapshot_preview1Z_fd_prestat_get(wasi_t *wasi, u32 fd, u32 prestat) {
  if (folder_of(wasi, fd) < 0) return WASI_BADF;
  /* Tag 0, a folder, then the length of its name. */
  if (store32(wasi, prestat, 0) != WASI_OK) return WASI_FAULT;
  return store32(wasi, prestat + 4, (u32)strlen(preopen_names[fd - FIRST_PREOPEN]));
}

u32 Z_wasi_snapshot_preview1Z_fd_prestat_dir_name(wasi_t *wasi, u32 fd, u32 path, u32 length) {
  if (folder_of(wasi, fd) < 0) return WASI_BADF;
  const char *name = preopen_names[fd - FIRST_PREOPEN];
  if (strlen(name) > length) return WASI_INVAL;
  u8 *target = range(wasi, path, length);
  if (target == NULL) return WASI_FAULT;
  memcpy(target, name, strlen(name));
  return WASI_OK;
}

u32 Z_wasi_snapshot_preview1Z_path_open(wasi_t *wasi, u32 fd, u32 dir_flags, u32 path, u32 length,
                                        u32 open_flags, u64 rights, u64 inheriting, u32 fd_flags,
                                        u32 opened) {
  (void)dir_flags, (void)inheriting, (void)fd_flags;
  int folder = folder_of(wasi, fd);
  if (folder < 0) return WASI_BADF;
  char name[MAX_PATH];
  u8 *source = range(wasi, path, length);
  if (source == NULL) return WASI_FAULT;
  if (length >= MAX_PATH || memchr(source, 0, length) != NULL) return WASI_INVAL;
  memcpy(name, source, length);
  name[length] = 0;
  int flags = (rights & RIGHT_FD_WRITE) != 0 ? O_WRONLY : O_RDONLY;
  if (open_flags & OPEN_CREATE) flags |= O_CREAT;
  if (open_flags & OPEN_TRUNCATE) flags |= O_TRUNC;
  int file = openat(folder, name, flags | O_NOFOLLOW | O_CLOEXEC, 0644);
  if (file < 0) return errno == ENOENT ? WASI_NOENT : WASI_IO;
  return store32(wasi, opened, (u32)file);
}

/* Gathers the module's vectors; returns their number, or -1 when one is outside memory. */
static int vectors_of(wasi_t *wasi, u32 vectors, u32 count, struct iovec *into) {
  if (count > MAX_VECTORS) return -1;
  u8 *source = range(wasi, vectors, (u64)count * 8);
  if (source == NULL) return -1;
  for (u32 i = 0; i < count; i++) {
    u32 at, length;
    memcpy(&at, source + 8 * i, 4);
    memcpy(&length, source + 8 * i + 4, 4);
    into[i].iov_base = range(wasi, at, length);
    into[i].iov_len = length;
    if (into[i].iov_base == NULL) return -1;
  }
  return (int)count;
}

u32 Z_wasi_snapshot_preview1Z_fd_read(wasi_t *wasi, u32 fd, u32 vectors, u32 count, u32 read) {
  struct iovec into[MAX_VECTORS];
  int number = vectors_of(wasi, vectors, count, into);
  if (number < 0) return WASI_FAULT;
  ssize_t done = readv((int)fd, into, number);
  return done < 0 ? WASI_IO : (u32)store32(wasi, read, (u32)done);
}

u32 Z_wasi_snapshot_preview1Z_fd_write(wasi_t *wasi, u32 fd, u32 vectors, u32 count, u32 written) {
  struct iovec from[MAX_VECTORS];
  int number = vectors_of(wasi, vectors, count, from);
  if (number < 0) return WASI_FAULT;
  ssize_t done = writev((int)fd, from, number);
  return done < 0 ? WASI_IO : (u32)store32(wasi, written, (u32)done);
}

u32 Z_wasi_snapshot_preview1Z_fd_close(wasi_t *wasi, u32 fd) {
  if (folder_of(wasi, fd) >= 0) return WASI_BADF;
  return close((int)fd) == 0 ? WASI_OK : WASI_BADF;
}

void Z_wasi_snapshot_preview1Z_proc_exit(wasi_t *wasi, u32 code) {
  (void)wasi;
  exit((int)code);
}

/* Keeps the module's numbers for preopened folders free of the process's own descriptors. */
static int open_folder(const char *name) {
  int folder = open(name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder < 0) return folder;
  int moved = fcntl(folder, F_DUPFD_CLOEXEC, 64);
  close(folder);
  return moved;
}

int main(void) {
  static Z_pathtracer_instance_t module;
  static wasi_t wasi;
  wasi.module = &module;
  for (int i = 0; i < PREOPENS; i++) {
    wasi.folders[i] = open_folder(preopen_names[i]);
    if (wasi.folders[i] < 0) {
      fprintf(stderr, "%s: %s\n", preopen_names[i], strerror(errno));
      return 5;
    }
  }
  /* Files that the module opens must not get the numbers of its preopened folders. */
  while (1) {
    int reserved = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (reserved < 0) return 5;
    if (reserved >= FIRST_PREOPEN + PREOPENS) {
      close(reserved);
      break;
    }
  }
  wasm_rt_init();
  Z_pathtracer_init_module();
  Z_pathtracer_instantiate(&module, &wasi);
  Z_pathtracerZ__start(&module);
  return 0;
}

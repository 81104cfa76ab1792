/* Stands before the C library's fsync: what a file had when it was last synced is copied to another folder. After a kill, that folder is
   what a disk would have whose cache lost everything else. A file is there only once its folder was synced.

   UNSYNCED_FOLDER   the folder that is watched, as the kernel spells it
   UNSYNCED_DURABLE  the folder of the copies
   UNSYNCED_LIES     if set, nothing is copied: a disk that says "synced" and is not
   UNSYNCED_COUNT    if set, a file that gets a byte for each sync */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Whole or not at all, whenever a kill comes. */
static void keep(const char *from, const char *name, int with_content) {
    char to[PATH_MAX], half[PATH_MAX], buffer[1 << 16];
    const char *durable = getenv("UNSYNCED_DURABLE");
    snprintf(to, sizeof to, "%s/%s", durable, name);
    snprintf(half, sizeof half, "%s/.half-%d-%s", durable, (int)gettid(), name);
    if (!with_content && access(to, F_OK) == 0) return;
    int out = open(half, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    int in = with_content ? open(from, O_RDONLY) : -1;
    ssize_t got;
    while (in >= 0 && (got = read(in, buffer, sizeof buffer)) > 0)
        if (write(out, buffer, got) != got) abort();
    if (in >= 0) close(in);
    close(out);
    if (rename(half, to) != 0) abort();
}

/* The folder's own entries: those that are new are there from now on, those that were removed are gone. */
static void keep_entries(const char *folder) {
    char path[PATH_MAX];
    const char *durable = getenv("UNSYNCED_DURABLE");
    struct dirent *entry;
    DIR *now = opendir(folder), *then = opendir(durable);
    while (now && (entry = readdir(now)))
        if (entry->d_type == DT_REG) {
            char nameless[PATH_MAX];
            snprintf(nameless, sizeof nameless, "%s/.nameless-%s", durable, entry->d_name);
            snprintf(path, sizeof path, "%s/%s", durable, entry->d_name);
            if (access(path, F_OK) != 0 && access(nameless, F_OK) == 0) rename(nameless, path);
            keep(NULL, entry->d_name, 0);
        }
    while (then && (entry = readdir(then))) {
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        if (entry->d_type == DT_REG && entry->d_name[0] != '.' && access(path, F_OK) != 0) {
            snprintf(path, sizeof path, "%s/%s", durable, entry->d_name);
            unlink(path);
        }
    }
    if (now) closedir(now);
    if (then) closedir(then);
}

static void synced(int fd) {
    char link[64], path[PATH_MAX], durable[PATH_MAX];
    const char *folder = getenv("UNSYNCED_FOLDER"), *count = getenv("UNSYNCED_COUNT");
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0 || !folder) return;
    path[length] = 0;
    size_t own = strlen(folder);
    int is_folder = strcmp(path, folder) == 0;
    int is_file = strncmp(path, folder, own) == 0 && path[own] == '/' && !strchr(path + own + 1, '/');
    if (!is_folder && !is_file) return;
    if (count) {
        int out = open(count, O_WRONLY | O_APPEND | O_CREAT, 0600);
        if (write(out, ".", 1) != 1) abort();
        close(out);
    }
    if (getenv("UNSYNCED_LIES") || !getenv("UNSYNCED_DURABLE")) return;
    if (is_folder) {
        keep_entries(folder);
        return;
    }
    snprintf(durable, sizeof durable, "%s/%s", getenv("UNSYNCED_DURABLE"), path + own + 1);
    if (access(durable, F_OK) == 0) keep(path, path + own + 1, 1);
    else {
        /* Its content is on the disk, under no name yet. */
        snprintf(link, sizeof link, ".nameless-%s", path + own + 1);
        keep(path, link, 1);
    }
}

int fsync(int fd) {
    int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, "fsync");
    int done = real(fd);
    if (done == 0) synced(fd);
    return done;
}

int fdatasync(int fd) {
    int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, "fdatasync");
    int done = real(fd);
    if (done == 0) synced(fd);
    return done;
}

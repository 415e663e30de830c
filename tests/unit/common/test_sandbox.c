/* Each test enters the sandbox in a child of its own: there is no way back. */
#include "sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

/* The wait status of a child that enters and then runs `inside`, which returns its exit status. */
static int run_inside(int (*inside)(void))
{
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        (void)sandbox_enter_decoder(60, 0);
        _exit(inside());
    }
    int status = -1;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return status;
}

static int open_a_file(void)
{
    return open("/etc/hostname", O_RDONLY) >= 0 || (errno != EPERM && errno != EACCES) ? 1 : 0;
}

static void no_file_can_be_opened(void **state)
{
    (void)state;
    int status = run_inside(open_a_file);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

static int make_a_socket(void)
{
    return socket(AF_INET, SOCK_STREAM, 0) >= 0 ? 1 : 0;
}

static int run_a_program(void)
{
    char *argv[] = {(char *)(uintptr_t) "/bin/true", NULL};
    execv(argv[0], argv);
    return 1;
}

static void a_socket_or_a_program_is_its_death(void **state)
{
    (void)state;
    int (*const deeds[])(void) = {make_a_socket, run_a_program};
    for (size_t i = 0; i < 2; i++) {
        int status = run_inside(deeds[i]);
        assert_true(WIFSIGNALED(status));
        assert_int_equal(WTERMSIG(status), SIGSYS);
    }
}

static int map_code(void)
{
    return mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED;
}

static void no_memory_can_be_executed(void **state)
{
    (void)state;
    assert_int_equal(WEXITSTATUS(run_inside(map_code)), 0);
}

static int fork_again(void)
{
    return fork() >= 0;
}

static void it_has_no_children(void **state)
{
    (void)state;
    int status = run_inside(fork_again);
    assert_true(WIFSIGNALED(status) || WEXITSTATUS(status) == 0);
}

static int use_a_foreign_descriptor(void)
{
    char c;
    return read(20, &c, 1) >= 0 || errno != EBADF;
}

static void foreign_descriptors_are_closed(void **state)
{
    (void)state;
    int zero = open("/dev/zero", O_RDONLY);
    assert_int_equal(dup2(zero, 20), 20);
    assert_int_equal(WEXITSTATUS(run_inside(use_a_foreign_descriptor)), 0);
    close(20);
    close(zero);
}

static int allocate_and_free(void)
{
    for (int i = 0; i < 100; i++) {
        volatile char *p = malloc((size_t)1 << (i % 24));
        if (p == NULL)
            return 1;
        p[0] = 1;
        free((void *)(uintptr_t)p);
    }
    return 0;
}

static void memory_can_be_had(void **state)
{
    (void)state;
    int status = run_inside(allocate_and_free);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

/* ---- a helper ---- */

static char archive[] = "/tmp/test_sandbox.XXXXXX";

static int live_as_a_helper(void)
{
    int fd = open(archive, O_RDONLY);
    char again[64], c;
    int n = snprintf(again, sizeof again, "/proc/self/fd/%d", fd);
    bool full = sandbox_enter_helper(&fd, 1, 60) == SANDBOX_FULL;
    int reopened = n > 0 ? open(again, O_RDONLY) : -1;
    if (reopened < 0 || read(reopened, &c, 1) != 1)
        return 1;
    if (open("/usr/bin/env", O_RDONLY) < 0)
        return 2;
    if (open("/tmp/test_sandbox.new", O_WRONLY | O_CREAT, 0600) >= 0 || open(archive, O_RDWR) >= 0)
        return 3;
    if (unlink(archive) == 0 || rename(archive, "/tmp/test_sandbox.new") == 0)
        return 4;
    if (full && open("/etc/hostname", O_RDONLY) >= 0)
        return 5;
    if (socket(AF_UNIX, SOCK_STREAM, 0) >= 0 || socket(AF_INET, SOCK_STREAM, 0) >= 0)
        return 6;
    if (fork() >= 0)
        return 7;
    return 0;
}

static void a_helper_reads_its_archive_and_programs_and_changes_nothing(void **state)
{
    (void)state;
    int fd = mkstemp(archive);
    assert_int_equal(write(fd, "x", 1), 1);
    close(fd);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0)
        _exit(live_as_a_helper());
    int status = -1;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
    assert_int_equal(unlink(archive), 0);
}

/* ---- a sender ---- */

static void *on_thread(void *arg)
{
    return arg;
}

static int live_as_a_sender(void)
{
    const char *const paths[] = {archive, NULL};
    pthread_t thread;
    char *argv[] = {(char *)(uintptr_t) "/bin/true", NULL};
    char log[] = "/tmp/test_sandbox.XXXXXX";
    int bystander = mkstemp(log);
    unlink(log);
    bool full = sandbox_enter_sender(paths) == SANDBOX_FULL;
    struct sockaddr_in own = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    if (open(archive, O_RDONLY) < 0 || open("/etc/hostname", O_RDONLY) < 0)
        return 1;
    if (full && (open("/proc/self/environ", O_RDONLY) >= 0 || open("/root", O_RDONLY) >= 0))
        return 2;
    if (open("/tmp/test_sandbox.new", O_WRONLY | O_CREAT, 0600) >= 0 || open(archive, O_RDWR) >= 0 ||
        unlink(archive) == 0)
        return 3;
    if (write(bystander, "x", 1) != 1)
        return 4; /* the log was open before */
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (fd < 0 || listen(fd, 1) == 0)
        return 5;
    own.sin_port = htons(1); /* where nobody is, but that it may ask */
    if (connect(fd, (const struct sockaddr *)&own, sizeof own) == 0 || errno != ECONNREFUSED)
        return 6;
    if (pthread_create(&thread, NULL, on_thread, NULL) != 0 || pthread_join(thread, NULL) != 0)
        return 7; /* names are looked up by one */
    execv(argv[0], argv);
    return 8;
}

static void a_sender_calls_reads_what_it_was_given_and_dies_of_another_program(void **state)
{
    (void)state;
    memcpy(strchr(archive, '.'), ".XXXXXX", 7);
    close(mkstemp(archive));
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0)
        _exit(live_as_a_sender());
    int status = -1;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(WIFEXITED(status) ? WEXITSTATUS(status) : 0, 0);
    assert_true(WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), SIGSYS);
    assert_int_equal(unlink(archive), 0);
}

static void the_level_that_was_probed_is_the_one_entered(void **state)
{
    (void)state;
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0)
        _exit((int)sandbox_enter_decoder(60, 0));
    int status = -1;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(WEXITSTATUS(status), sandbox_probe_decoder());
    assert_int_equal(sandbox_probe_helper(), sandbox_probe_decoder()); /* of one kernel */
    assert_string_equal(sandbox_level_name(SANDBOX_FULL), "full");
    assert_string_equal(sandbox_level_name(SANDBOX_NONE), "none");
}

int main(void)
{
    const struct CMUnitTest with_seccomp[] = {
        cmocka_unit_test(no_file_can_be_opened),
        cmocka_unit_test(a_socket_or_a_program_is_its_death),
        cmocka_unit_test(no_memory_can_be_executed),
        cmocka_unit_test(it_has_no_children),
        cmocka_unit_test(a_helper_reads_its_archive_and_programs_and_changes_nothing),
        cmocka_unit_test(a_sender_calls_reads_what_it_was_given_and_dies_of_another_program),
    };
    const struct CMUnitTest anywhere[] = {
        cmocka_unit_test(foreign_descriptors_are_closed),
        cmocka_unit_test(memory_can_be_had),
        cmocka_unit_test(the_level_that_was_probed_is_the_one_entered),
    };
    int failed = sandbox_probe_decoder() != SANDBOX_NONE ? cmocka_run_group_tests(with_seccomp, NULL, NULL) : 0;
    return failed + cmocka_run_group_tests(anywhere, NULL, NULL);
}

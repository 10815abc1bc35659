/* What app/run and tests/run do on systems that are not this one, tried on app/setup.sh with apt-get, sudo, Meson and
 * Ninja replaced; and how tests/report counts. */
#include <gio/gio.h>
#include <gio/gunixsocketaddress.h>

/* Each case runs in bash in a new folder, $FAKE. The replaced programs write their calls to $FAKE/calls; where they
 * cannot be replaced nothing runs, so that the real ones are never called. */
static const char prelude[]
    = "set -eu; mkdir -p \"$FAKE/bin\" \"$FAKE/a tree\"; PATH=$FAKE/bin:$PATH HOME=$FAKE\n"
      ". \"$EDGEWISE_SOURCE_ROOT/app/setup.sh\"\n"
      "root=\"$FAKE/a tree\" os_release=$FAKE/os-release\n"
      "fake () { cat >\"$FAKE/bin/$1\"; sed -i \"1i #!/bin/sh\" \"$FAKE/bin/$1\"; chmod 755 \"$FAKE/bin/$1\"; }\n"
      "calls () { cat \"$FAKE/calls\" 2>/dev/null || :; }\n"
      "system () { printf 'ID=%s\\nVERSION_ID=\"%s\"\\nPRETTY_NAME=\"%s %s\"\\n' \"$1\" \"$2\" \"$1\" \"$2\" "
      ">\"$os_release\"; }\n"
      "echo 'there 1.0' >\"$FAKE/installed\"; system debian 12\n"
      "fake dpkg-query <<'E'\n"
      "shift 3\n"
      "for name; do sed -n \"s/^$name /$name ii  /p\" \"$FAKE/installed\"; done\n"
      "E\n"
      "fake apt-get <<'E'\n"
      "shift 6\n"
      "echo \"apt-get $*\" >>\"$FAKE/calls\"\n"
      "[ \"$1\" != update ] || { rm -f \"$FAKE/stale\"; exit; }\n"
      "[ ! -e \"$FAKE/stale\" ] && [ ! -e \"$FAKE/offline\" ] || { echo 'E: no such luck'; exit 100; }\n"
      "[ \"$1\" = install ] && shift 2 && for name; do echo \"$name 1.0\" >>\"$FAKE/installed\"; done\n"
      "exit 0\n"
      "E\n"
      "fake sudo <<'E'\n"
      "echo \"sudo $1\" >>\"$FAKE/calls\"\n"
      "[ \"$1\" != -n ] || shift\n"
      "exec \"$@\"\n"
      "E\n"
      "fake meson <<'E'\n"
      "echo 'meson setup' >>\"$FAKE/calls\"\n"
      "sleep 0.2\n"
      "touch \"$2/build.ninja\"\n"
      "E\n"
      "fake ninja <<'E'\n"
      "echo ninja >>\"$FAKE/calls\"\n"
      "[ ! -e \"$FAKE/wrong\" ] || { echo '[1/2] Compiling'; echo 'a.c:1: error: wrong'; exit 1; }\n"
      "E\n"
      "build () (setup_build \"$root/build\" \"$@\")\n"
      /* The rest of a case as a user who is not root. */
      "as_user () { [ \"$EUID\" -ne 0 ] && { bash -c \"$1\" </dev/null; return; }\n"
      "  chown -R 65534 \"$FAKE\"; setpriv --reuid 65534 --clear-groups bash -c \"$1\" </dev/null; }\n"
      "export -f setup_apt setup_install setup_apt_install setup_look setup_knows_system say fail\n"
      "export os_release root; set +e\n";

/* @output: what standard output and standard error hold together, "$FAKE" for the folder's name */
typedef struct
{
  const char *name;
  const char *script;
  const char *output;
  int status;
} Case;

static const Case cases[] = {
  { "systems",
    "for s in 'debian 12' 'debian 13' 'debian ' 'ubuntu 24.04' 'ubuntu 26.10' 'debian 11' 'ubuntu 22.04' 'fedora 44'; "
    "do\n"
    "  system ${s% *} \"${s#* }\"; setup_knows_system && echo \"$s: yes\" || echo \"$s: no\"\n"
    "done; rm $os_release; setup_knows_system || echo none: no\n",
    "debian 12: yes\ndebian 13: yes\ndebian : yes\nubuntu 24.04: yes\nubuntu 26.10: yes\ndebian 11: no\n"
    "ubuntu 22.04: no\nfedora 44: no\nnone: no\n",
    0 },
  { "install/nothing-missing", "setup_install there; calls; echo \"$installed\"", "there 1.0 \n", 0 },
  { "install/missing", "setup_install there one two; calls; echo \"$installed\"",
    "edgewise: installing one two\napt-get install --no-install-recommends one two\n"
    "there 1.0 one 1.0 two 1.0 \n",
    0 },
  { "install/stale-lists", "touch \"$FAKE/stale\"; setup_install one; calls",
    "edgewise: installing one\napt-get install --no-install-recommends one\napt-get update\napt-get -f install\n"
    "apt-get install --no-install-recommends one\n",
    0 },
  { "install/offline",
    "touch \"$FAKE/offline\"; export TMPDIR=$FAKE; setup_install one 2>&1 | sed 's/install\\.[^.]*$/LOG/'\n"
    "exit ${PIPESTATUS[0]}",
    "edgewise: installing one\nE: no such luck\nE: no such luck\n"
    "edgewise: the packages could not be installed; all that apt-get said is in $FAKE/edgewise-LOG\n",
    1 },
  { "install/sudo", "as_user 'setup_install one'; calls",
    "edgewise: installing one\nsudo -n\napt-get install --no-install-recommends one\n", 0 },
  { "install/no-sudo",
    "rm \"$FAKE/bin/sudo\"; for t in bash sed dpkg dirname readlink setpriv chown; do ln -s \"$(command -v $t)\" "
    "\"$FAKE/bin/\"; done\n"
    "PATH=$FAKE/bin; as_user 'setup_install one two'",
    "edgewise: packages are missing; as root, run: apt-get install one two\n", 1 },
  { "install/other-system",
    "system fedora 44; needed_commands=(sh) needed_modules=('glib-2.0 >= 2'); setup_install one; calls", "", 0 },
  { "install/other-system-lacks",
    "system fedora 44; needed_commands=(sh no-such-tool) needed_modules=('no-such-module >= 4.8'); setup_install one",
    "edgewise: packages are installed by itself only on Debian 12, Ubuntu 24.04 and later; on fedora 44 please "
    "install: "
    "no-such-tool, no-such-module (4.8 or later)\n",
    1 },
  { "build/once", "say () { :; }; build -Da=b; build -Da=b; calls", "meson setup\nninja\nninja\n", 0 },
  { "build/says-so", "command () { false; }; build; build",
    "edgewise: there is no nvcc here, so CUDA is left out\nedgewise: building in build; the first time takes a "
    "minute\n",
    0 },
  { "build/anew-with-other-options",
    "say () { :; }; build; touch \"$root/build/old\"; build -Da=b; calls\n"
    "ls \"$root/build\"",
    "meson setup\nninja\nmeson setup\nninja\nbuild.log\nbuild.ninja\n", 0 },
  { "build/anew-where-moved",
    "say () { :; }; build; mv \"$root\" \"$FAKE/b tree\"; root=\"$FAKE/b tree\"\n"
    "build; calls",
    "meson setup\nninja\nmeson setup\nninja\n", 0 },
  { "build/anew-where-broken-off",
    "say () { :; }; mkdir \"$root/build\"; touch \"$root/build/build.ninja\"; build; calls", "meson setup\nninja\n",
    0 },
  { "build/fails",
    "say () { echo \"$@\"; }; build >/dev/null; touch \"$FAKE/wrong\"; setup_build "
    "\"$root/build\"",
    "a.c:1: error: wrong\nthe build failed; the whole log is $FAKE/a tree/build/build.log\n", 1 },
  { "build/two-at-once", "say () { :; }; build & build & wait; calls", "meson setup\nninja\nninja\n", 0 },
  { "display/none", "unset WAYLAND_DISPLAY DISPLAY; setup_display || echo none", "none\n", 0 },
  { "display/gone", "export DISPLAY=:32123 WAYLAND_DISPLAY=nowhere; setup_display || echo none", "none\n", 0 },
  { "display/nonsense", "unset WAYLAND_DISPLAY; export DISPLAY='a b'; setup_display || echo none", "none\n", 0 },
  { "report",
    "mkdir -p \"$FAKE/f/meson-logs\"; cat >\"$FAKE/f/meson-logs/testlog.json\" <<'E'\n"
    "{\"name\": \"edgewise:engine / a\", \"stdout\": \"1..3\\nok 1 /a/x\\nok 2 /a/y # SKIP no GPU here\\nok 3 /a/z # "
    "SKIP no GPU here\\n\", \"result\": \"OK\", "
    "\"returncode\": 0}\n"
    "{\"name\": \"b\", \"stdout\": \"1..2\\nok 1 /b/x\\n# why\\nnot ok 2 /b/y\\n\", \"result\": \"FAIL\", "
    "\"returncode\": 1}\n"
    "{\"name\": \"c\", \"stdout\": \"1..2\\nok 1 /c/x\\n\", \"result\": \"ERROR\", \"returncode\": -11, \"stderr\": "
    "\"last words\\n\"}\n"
    "{\"name\": \"d\", \"stdout\": \"1..2\\nok 1 /d/x\\n\", \"result\": \"TIMEOUT\", \"returncode\": -15}\n"
    "{\"name\": \"e\", \"stdout\": \"1..0 # SKIP no display\\n\", \"result\": \"SKIP\", \"returncode\": 0}\n"
    "E\n"
    "\"$python\" \"$EDGEWISE_SOURCE_ROOT/tests/report\" here \"$FAKE/f\"",
    "\nFAILED b (here): /b/y\n  | # why\n  | not ok 2 /b/y\n"
    "\nFAILED c (here): ended with status -11\n  | ok 1 /c/x\n  | last words\n"
    "\nFAILED d (here): ran too long and was stopped\n  | ok 1 /d/x\n"
    "\nSkipped:\n  a (here) /a/y and 1 more: no GPU here\n  e (here): no display\n"
    "\n4 passed, 3 failed, 3 skipped\n",
    1 },
  { "report/nothing-ran",
    "mkdir \"$FAKE/f\"; echo 'ERROR: no such test' >\"$FAKE/f/test.log\"\n"
    "\"$python\" \"$EDGEWISE_SOURCE_ROOT/tests/report\" here \"$FAKE/f\"",
    "\nFAILED no test was run (here)\n  | ERROR: no such test\n\n0 passed, 1 failed, 0 skipped\n", 1 },
  { "options", "\"$EDGEWISE_SOURCE_ROOT/tests/run\" --banana",
    "edgewise: there is no option --banana; tests/run --help lists them\n", 2 },
  { "options/sanitize", "\"$EDGEWISE_SOURCE_ROOT/tests/run\" --sanitize banana",
    "edgewise: --sanitize takes address or thread\n", 2 },
};

static void
remove_folder (const char *path)
{
  const char *const arguments[] = { "rm", "-rf", path, NULL };

  g_spawn_sync (NULL, (char **)arguments, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL, NULL);
}

/* Runs a script in bash; its output, with the folder's name written as "$FAKE". */
static char *
run_script (const char *folder, const char *script, int *status)
{
  g_autofree char *text = g_strconcat (prelude, script, NULL);
  g_autoptr (GSubprocessLauncher) launcher = NULL;
  g_autoptr (GSubprocess) process = NULL;
  g_autoptr (GString) result = NULL;
  g_autofree char *output = NULL;
  g_autoptr (GError) error = NULL;

  launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_MERGE);
  g_subprocess_launcher_setenv (launcher, "FAKE", folder, TRUE);
  process = g_subprocess_launcher_spawn (launcher, &error, "bash", "-c", text, NULL);
  g_assert_no_error (error);
  g_subprocess_communicate_utf8 (process, NULL, NULL, &output, NULL, &error);
  g_assert_no_error (error);
  *status = g_subprocess_get_if_exited (process) ? g_subprocess_get_exit_status (process) : -1;
  result = g_string_new (output);
  g_string_replace (result, folder, "$FAKE", 0);
  return g_strdup (result->str);
}

static void
test_case (gconstpointer data)
{
  const Case *wanted = data;
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = g_dir_make_tmp ("edgewise-scripts-XXXXXX", &error);
  g_autofree char *output = NULL;
  int status;

  g_assert_no_error (error);
  output = run_script (folder, wanted->script, &status);
  g_assert_cmpstr (output, ==, wanted->output);
  g_assert_cmpint (status, ==, wanted->status);
  remove_folder (folder);
}

/* A display is usable when something listens there. */
static void
test_display (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = g_dir_make_tmp ("edgewise-scripts-XXXXXX", &error);
  g_autofree char *path = g_build_filename (folder, "wayland-7", NULL);
  g_autoptr (GSocketListener) listener = g_socket_listener_new ();
  g_autoptr (GSocketAddress) address = g_unix_socket_address_new (path);
  g_autofree char *output = NULL;
  int status;

  g_socket_listener_add_address (listener, address, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_DEFAULT, NULL, NULL,
                                 &error);
  g_assert_no_error (error);
  output = run_script (
      folder, "unset DISPLAY; export XDG_RUNTIME_DIR=$FAKE WAYLAND_DISPLAY=wayland-7; setup_display && echo there",
      &status);
  g_assert_cmpstr (output, ==, "there\n");
  remove_folder (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strconcat ("/scripts/", cases[i].name, NULL);

      g_test_add_data_func (path, &cases[i], test_case);
    }
  g_test_add_func ("/scripts/display/there", test_display);
  return g_test_run ();
}

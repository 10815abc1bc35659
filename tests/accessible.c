/* What a screen reader sees of a program, over D-Bus. */
#include "tests/accessible.h"

#include <string.h>

#define ACCESSIBLE_INTERFACE "org.a11y.atspi.Accessible"
#define POLL_MICROSECONDS    30000

/* States by their numbers in AT-SPI. */
#define STATE_CHECKED 4
#define STATE_FOCUSED 12

void
accessible_free (Accessible *accessible)
{
  if (accessible == NULL)
    return;
  g_free (accessible->bus);
  g_free (accessible->path);
  g_free (accessible);
}

static Accessible *
accessible_new (const char *bus, const char *path)
{
  Accessible *accessible = g_new0 (Accessible, 1);

  accessible->bus = g_strdup (bus);
  accessible->path = g_strdup (path);
  return accessible;
}

/* A widget may be gone by now: that is no failure, the caller looks again. */
static GVariant *
call (GDBusConnection *bus, const Accessible *on, const char *interface, const char *method, GVariant *arguments,
      const char *reply)
{
  return g_dbus_connection_call_sync (bus, on->bus, on->path, interface, method, arguments, G_VARIANT_TYPE (reply),
                                      G_DBUS_CALL_FLAGS_NONE, 10000, NULL, NULL);
}

GDBusConnection *
accessible_connect (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GDBusConnection) session = g_bus_get_sync (G_BUS_TYPE_SESSION, NULL, &error);
  const Accessible launcher = { (char *)"org.a11y.Bus", (char *)"/org/a11y/bus" };
  g_autoptr (GVariant) reply = NULL;
  GDBusConnection *bus = NULL;
  const char *address;

  g_assert_no_error (error);
  reply = call (session, &launcher, "org.a11y.Bus", "GetAddress", NULL, "(s)");
  g_assert_nonnull (reply);
  g_variant_get (reply, "(&s)", &address);
  bus = g_dbus_connection_new_for_address_sync (
      address, G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION, NULL,
      NULL, &error);
  g_assert_no_error (error);
  return bus;
}

/* Of (so). */
static GPtrArray *
children_of (GDBusConnection *bus, const Accessible *parent)
{
  GPtrArray *children = g_ptr_array_new_with_free_func ((GDestroyNotify)accessible_free);
  g_autoptr (GVariant) reply = call (bus, parent, ACCESSIBLE_INTERFACE, "GetChildren", NULL, "(a(so))");
  g_autoptr (GVariantIter) iter = NULL;
  const char *name, *path;

  if (reply == NULL)
    return children;
  g_variant_get (reply, "(a(so))", &iter);
  while (g_variant_iter_next (iter, "(&s&o)", &name, &path))
    g_ptr_array_add (children, accessible_new (name, path));
  return children;
}

static guint
process_of (GDBusConnection *bus, const char *name)
{
  const Accessible daemon = { (char *)"org.freedesktop.DBus", (char *)"/org/freedesktop/DBus" };
  g_autoptr (GVariant) reply
      = call (bus, &daemon, "org.freedesktop.DBus", "GetConnectionUnixProcessID", g_variant_new ("(s)", name), "(u)");
  guint pid = 0;

  if (reply != NULL)
    g_variant_get (reply, "(u)", &pid);
  return pid;
}

Accessible *
accessible_program (GDBusConnection *bus, GPid pid, double seconds)
{
  const Accessible registry = { (char *)"org.a11y.atspi.Registry", (char *)"/org/a11y/atspi/accessible/root" };
  gint64 end = g_get_monotonic_time () + (gint64)(1e6 * seconds);

  do
    {
      g_autoptr (GPtrArray) programs = children_of (bus, &registry);

      for (guint i = 0; i < programs->len; i++)
        {
          const Accessible *program = g_ptr_array_index (programs, i);

          if (process_of (bus, program->bus) == (guint)pid)
            return accessible_new (program->bus, program->path);
        }
      g_usleep (POLL_MICROSECONDS);
    }
  while (g_get_monotonic_time () < end);
  return NULL;
}

static char *
property (GDBusConnection *bus, const Accessible *of, const char *which)
{
  g_autoptr (GVariant) reply = call (bus, of, "org.freedesktop.DBus.Properties", "Get",
                                     g_variant_new ("(ss)", ACCESSIBLE_INTERFACE, which), "(v)");
  g_autoptr (GVariant) value = NULL;

  if (reply == NULL)
    return NULL;
  g_variant_get (reply, "(v)", &value);
  return g_variant_dup_string (value, NULL);
}

char *
accessible_name (GDBusConnection *bus, const Accessible *accessible)
{
  return property (bus, accessible, "Name");
}

char *
accessible_description (GDBusConnection *bus, const Accessible *accessible)
{
  return property (bus, accessible, "Description");
}

static gboolean
fits (GDBusConnection *bus, const Accessible *accessible, AccessibleRole role, const char *name)
{
  g_autofree char *its_name = accessible_name (bus, accessible);
  g_autoptr (GVariant) reply = NULL;
  guint its_role = 0;

  if (g_str_has_suffix (name, "*") ? its_name == NULL || strncmp (its_name, name, strlen (name) - 1) != 0
                                   : g_strcmp0 (its_name, name) != 0)
    return FALSE;
  if (role == ACCESSIBLE_ANY)
    return TRUE;
  reply = call (bus, accessible, ACCESSIBLE_INTERFACE, "GetRole", NULL, "(u)");
  if (reply != NULL)
    g_variant_get (reply, "(u)", &its_role);
  return its_role == (guint)role;
}

static Accessible *
find_now (GDBusConnection *bus, const Accessible *root, AccessibleRole role, const char *name)
{
  g_autoptr (GPtrArray) queue = children_of (bus, root);

  for (guint next = 0; next < queue->len; next++)
    {
      const Accessible *accessible = g_ptr_array_index (queue, next);
      g_autoptr (GPtrArray) children = NULL;

      if (fits (bus, accessible, role, name))
        return accessible_new (accessible->bus, accessible->path);
      children = children_of (bus, accessible);
      g_ptr_array_extend_and_steal (queue, g_steal_pointer (&children));
    }
  return NULL;
}

Accessible *
accessible_find (GDBusConnection *bus, const Accessible *root, AccessibleRole role, const char *name, double seconds)
{
  gint64 end = g_get_monotonic_time () + (gint64)(1e6 * seconds);
  Accessible *found;

  while ((found = find_now (bus, root, role, name)) == NULL && g_get_monotonic_time () < end)
    g_usleep (POLL_MICROSECONDS);
  return found;
}

gboolean
accessible_press (GDBusConnection *bus, const Accessible *accessible)
{
  g_autoptr (GVariant) reply
      = call (bus, accessible, "org.a11y.atspi.Action", "DoAction", g_variant_new ("(i)", 0), "(b)");
  gboolean done = FALSE;

  if (reply != NULL)
    g_variant_get (reply, "(b)", &done);
  return done;
}

gboolean
accessible_set_value (GDBusConnection *bus, const Accessible *accessible, double value)
{
  g_autoptr (GVariant) reply
      = call (bus, accessible, "org.freedesktop.DBus.Properties", "Set",
              g_variant_new ("(ssv)", "org.a11y.atspi.Value", "CurrentValue", g_variant_new_double (value)), "()");

  return reply != NULL;
}

static gboolean
has_state (GDBusConnection *bus, const Accessible *accessible, int state)
{
  g_autoptr (GVariant) reply = call (bus, accessible, ACCESSIBLE_INTERFACE, "GetState", NULL, "(au)");
  g_autoptr (GVariant) states = reply == NULL ? NULL : g_variant_get_child_value (reply, 0);
  guint low = 0;

  /* Two words of bits, the lower ones first. */
  if (states != NULL && g_variant_n_children (states) > 0)
    g_variant_get_child (states, 0, "u", &low);
  return (low >> state & 1) != 0;
}

gboolean
accessible_focused (GDBusConnection *bus, const Accessible *accessible)
{
  return has_state (bus, accessible, STATE_FOCUSED);
}

gboolean
accessible_checked (GDBusConnection *bus, const Accessible *accessible)
{
  return has_state (bus, accessible, STATE_CHECKED);
}

int
accessible_width (GDBusConnection *bus, const Accessible *accessible)
{
  g_autoptr (GVariant) reply = call (bus, accessible, "org.a11y.atspi.Component", "GetSize", NULL, "(ii)");
  int width = -1;

  if (reply != NULL)
    g_variant_get (reply, "(ii)", &width, NULL);
  return width;
}

int
accessible_bottom (GDBusConnection *bus, const Accessible *accessible)
{
  /* Within the window. */
  g_autoptr (GVariant) reply
      = call (bus, accessible, "org.a11y.atspi.Component", "GetExtents", g_variant_new ("(u)", 1), "((iiii))");
  int y = -1;
  int height = 0;

  if (reply != NULL)
    g_variant_get (reply, "((iiii))", NULL, &y, NULL, &height);
  return y + height;
}

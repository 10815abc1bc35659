/* What a screen reader sees of a program, over D-Bus: how the tests find widgets and press buttons. */
#pragma once

#include <gio/gio.h>

/* Roles by their numbers in AT-SPI. */
typedef enum
{
  ACCESSIBLE_ANY = 0,
  ACCESSIBLE_CHECK_BOX = 7,
  ACCESSIBLE_COMBO_BOX = 11,
  ACCESSIBLE_IMAGE = 27,
  ACCESSIBLE_LABEL = 29,
  ACCESSIBLE_TAB = 37,
  ACCESSIBLE_BUTTON = 43,
  ACCESSIBLE_SLIDER = 51,
  ACCESSIBLE_SPIN_BUTTON = 52,
  ACCESSIBLE_TABLE = 55,
  ACCESSIBLE_TEXT = 61,
} AccessibleRole;

/* A widget of another program. */
typedef struct
{
  char *bus;
  char *path;
} Accessible;

void accessible_free (Accessible *accessible);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Accessible, accessible_free)

/* The bus that the screen readers use, opened; a failed test and NULL where there is none. */
GDBusConnection *accessible_connect (void);

/* The program whose process is @pid, once it is there; NULL after @seconds. Transfer full. */
Accessible *accessible_program (GDBusConnection *bus, GPid pid, double seconds);

/* The first widget below @root, breadth first, of that name (or one that begins so, where it ends with "*") and role, once there is one; NULL after
 * @seconds. Transfer full. */
Accessible *accessible_find (GDBusConnection *bus, const Accessible *root, AccessibleRole role, const char *name,
                             double seconds);

/* Its name and description now; NULL where it is gone. Transfer full. */
char *accessible_name (GDBusConnection *bus, const Accessible *accessible);
char *accessible_description (GDBusConnection *bus, const Accessible *accessible);

/* Presses a button; FALSE where it could not be. */
gboolean accessible_press (GDBusConnection *bus, const Accessible *accessible);

/* Sets the value of a slider or spin button. */
gboolean accessible_set_value (GDBusConnection *bus, const Accessible *accessible, double value);

/* Whether it is checked. */
gboolean accessible_checked (GDBusConnection *bus, const Accessible *accessible);

/* Whether it has the keyboard. */
gboolean accessible_focused (GDBusConnection *bus, const Accessible *accessible);

/* How wide it is, in pixels; −1 where it is gone. */
int accessible_width (GDBusConnection *bus, const Accessible *accessible);

/* Where it ends below the top of its window, in pixels; −1 where it is gone. */
int accessible_bottom (GDBusConnection *bus, const Accessible *accessible);

/* EwNumberRow: a row with a number of any size, such as 1e-9, or one of a few steps. */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define EW_TYPE_NUMBER_ROW (ew_number_row_get_type ())
G_DECLARE_FINAL_TYPE (EwNumberRow, ew_number_row, EW, NUMBER_ROW, AdwActionRow)

/* Numbers from @low to @high, both included; whole ones where @whole. The signal "changed" comes with the user's change,
 * "refused" (const char *) with a sentence where what was typed is none of them: the number then stays. */
GtkWidget *ew_number_row_new (const char *title, const char *subtitle, double low, double high, gboolean whole);

double ew_number_row_get_value (EwNumberRow *row);
/* Emits nothing. What is being typed stays. */
void ew_number_row_set_value (EwNumberRow *row, double value);

/* What stands below the title, unless it is insensitive, where @reason does. */
void ew_number_row_set_reason (EwNumberRow *row, const char *reason);

G_END_DECLS

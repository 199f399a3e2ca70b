/* muster-screens: `muster`, with the screens.  Its command line is that of muster, word for word.
 */
#include <stddef.h>

#include "client/screens/screens.h"

int main(int argc, char **argv)
{
    static const struct mu_screen screens[] = {
        {"board", mu_screen_board},
        {"lead", mu_screen_lead},
        {NULL, NULL},
    };
    return mu_cli_main(argc, argv, screens);
}

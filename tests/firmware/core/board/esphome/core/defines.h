#pragma once

// The board is chosen on the command line.

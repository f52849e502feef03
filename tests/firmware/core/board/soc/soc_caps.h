#pragma once

// What the chip has of its own is said on the command line.

#pragma once

#define USE_HOST

// What CMake would write for this target: no threads, no intrinsics of a processor, no compression.
#pragma once
#define SEAL_VERSION "4.1.2"
#define SEAL_VERSION_MAJOR 4
#define SEAL_VERSION_MINOR 1
#define SEAL_VERSION_PATCH 2
#define SEAL_USE_STD_BYTE
#define SEAL_USE_IF_CONSTEXPR
#define SEAL_USE_MAYBE_UNUSED
#define SEAL_USE_NODISCARD
#define SEAL_THROW_ON_TRANSPARENT_CIPHERTEXT
#define SEAL_DEFAULT_PRNG Blake2xb
#define SEAL_USE_INTRIN
#define SEAL_USE___INT128
#define SEAL_USE___BUILTIN_CLZLL

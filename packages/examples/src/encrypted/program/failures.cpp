// The library refuses by throwing. Exceptions need a proposal of WebAssembly that the sandbox does not take, and nothing here
// could go on after one: the run ends, with a code of its own.
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <typeinfo>

namespace
{
    constexpr int REFUSED = 5;
}

extern "C" {
void *__cxa_allocate_exception(std::size_t size)
{
    return std::malloc(size);
}

[[noreturn]] void __cxa_throw(void *, std::type_info *type, void (*)(void *))
{
    std::fprintf(stderr, "refused by the library: %s\n", type->name());
    std::exit(REFUSED);
}
}

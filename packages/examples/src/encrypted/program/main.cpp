// Statistics and a linear model over a table that this program cannot read.
//
// In:  parameters.seal, relinearisation-keys.seal, rotation-keys.seal, columns/00.seal, columns/01.seal, …
// Out: sums/00.seal, …       the column's sum, in every slot
//      squares/00.seal, …    the sum of the column's squares, in every slot
//      scores.seal           for each row: bias + Σ weight × value
//
// Arguments: the bias, then one weight for each column, as decimal integers.
// Nothing here is random: the same input gives the same bytes, so replicas can vote on ciphertexts.
#include "seal/seal.h"
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <sys/stat.h>
#include <vector>

using namespace seal;

namespace
{
    // Exit codes; `failures.cpp` has the one of a refusal by the library.
    constexpr int WRONG_ARGUMENTS = 2;
    constexpr int WRONG_INPUT = 3;
    constexpr int NOT_WRITTEN = 4;

    // The results of more do not fit what the program may write.
    constexpr std::size_t MOST_COLUMNS = 32;

    // The results' level: two of the primes. They are smaller, and rotations cost less there.
    constexpr std::size_t RESULT_PRIMES = 2;

    [[noreturn]] void stop(int code, const std::string &message)
    {
        std::fprintf(stderr, "%s\n", message.c_str());
        std::exit(code);
    }

    std::int64_t parse_integer(const char *text)
    {
        errno = 0;
        char *end = nullptr;
        long long value = std::strtoll(text, &end, 10);
        if (errno != 0 || end == text || *end != '\0')
        {
            stop(WRONG_ARGUMENTS, std::string(text) + " is not an integer");
        }
        return value;
    }

    std::string numbered(const char *folder, std::size_t index)
    {
        std::string digits = std::to_string(index);
        return std::string(folder) + (digits.size() < 2 ? "/0" : "/") + digits + ".seal";
    }

    std::ifstream open_input(const std::string &name)
    {
        std::ifstream stream("/in/" + name, std::ios::binary);
        if (!stream)
        {
            stop(WRONG_INPUT, name + " is missing");
        }
        return stream;
    }

    // `load` refuses what is not valid under the context's parameters; see failures.cpp.
    template <class Sealed>
    Sealed load(const SEALContext &context, const std::string &name)
    {
        std::ifstream stream = open_input(name);
        Sealed sealed;
        sealed.load(context, stream);
        return sealed;
    }

    void save(const Ciphertext &ciphertext, const std::string &name)
    {
        std::ofstream stream("/out/" + name, std::ios::binary);
        ciphertext.save(stream, compr_mode_type::none);
        stream.close();
        if (!stream)
        {
            stop(NOT_WRITTEN, name + " cannot be written");
        }
    }

    EncryptionParameters load_parameters()
    {
        EncryptionParameters parameters;
        std::ifstream stream = open_input("parameters.seal");
        parameters.load(stream);
        if (parameters.scheme() != scheme_type::bfv)
        {
            stop(WRONG_INPUT, "the scheme is not BFV");
        }
        return parameters;
    }

    class Table
    {
    public:
        explicit Table(const EncryptionParameters &parameters)
            // Parameters below 128 bits of security are not computed on.
            : context_(parameters, true, sec_level_type::tc128), evaluator_(check(context_)), encoder_(context_),
              relinearisation_(load<RelinKeys>(context_, "relinearisation-keys.seal")),
              rotation_(load<GaloisKeys>(context_, "rotation-keys.seal"))
        {
            auto level = context_.first_context_data();
            while (level->parms().coeff_modulus().size() > RESULT_PRIMES)
            {
                level = level->next_context_data();
            }
            result_level_ = level->parms_id();
        }

        Ciphertext column(std::size_t index) const
        {
            Ciphertext column = load<Ciphertext>(context_, numbered("columns", index));
            if (column.size() != 2 || column.parms_id() != context_.first_parms_id())
            {
                stop(WRONG_INPUT, "column " + std::to_string(index) + " is not freshly encrypted");
            }
            return column;
        }

        // Σ value, in every slot.
        Ciphertext sum(const Ciphertext &column) const
        {
            Ciphertext total = at_result_level(column);
            Ciphertext turned;
            std::size_t half = encoder_.slot_count() / 2;
            for (std::size_t step = 1; step < half; step *= 2)
            {
                evaluator_.rotate_rows(total, static_cast<int>(step), rotation_, turned);
                evaluator_.add_inplace(total, turned);
            }
            evaluator_.rotate_columns(total, rotation_, turned);
            evaluator_.add_inplace(total, turned);
            return total;
        }

        // Each value's square.
        Ciphertext squared(const Ciphertext &column) const
        {
            Ciphertext squares;
            evaluator_.square(column, squares);
            evaluator_.relinearize_inplace(squares, relinearisation_);
            return squares;
        }

        // weight × value for each row; false when the weight is zero, which leaves nothing.
        bool weighted(const Ciphertext &column, std::int64_t weight, Ciphertext &product) const
        {
            if (weight == 0)
            {
                return false;
            }
            evaluator_.multiply_plain(column, everywhere(weight), product);
            return true;
        }

        void add(Ciphertext &total, const Ciphertext &more) const
        {
            evaluator_.add_inplace(total, more);
        }

        void add_everywhere(Ciphertext &total, std::int64_t value) const
        {
            evaluator_.add_plain_inplace(total, everywhere(value));
        }

        Ciphertext at_result_level(const Ciphertext &ciphertext) const
        {
            Ciphertext result;
            evaluator_.mod_switch_to(ciphertext, result_level_, result);
            return result;
        }

    private:
        static const SEALContext &check(const SEALContext &context)
        {
            if (!context.parameters_set())
            {
                stop(WRONG_INPUT, std::string("the parameters are refused: ") + context.parameter_error_message());
            }
            if (!context.first_context_data()->qualifiers().using_batching || !context.using_keyswitching())
            {
                stop(WRONG_INPUT, "the parameters have no slots or no keys");
            }
            return context;
        }

        // The same value in every slot.
        Plaintext everywhere(std::int64_t value) const
        {
            std::vector<std::int64_t> slots(encoder_.slot_count(), value);
            Plaintext plain;
            encoder_.encode(slots, plain);
            return plain;
        }

        SEALContext context_;
        Evaluator evaluator_;
        BatchEncoder encoder_;
        RelinKeys relinearisation_;
        GaloisKeys rotation_;
        parms_id_type result_level_;
    };
} // namespace

int main(int argc, char **argv)
{
    if (argc < 3 || static_cast<std::size_t>(argc) > MOST_COLUMNS + 2)
    {
        stop(WRONG_ARGUMENTS, "a bias and 1 to 32 weights are needed");
    }
    std::int64_t bias = parse_integer(argv[1]);
    std::vector<std::int64_t> weights;
    bool useful = false;
    for (int argument = 2; argument < argc; argument++)
    {
        weights.push_back(parse_integer(argv[argument]));
        useful = useful || weights.back() != 0;
    }
    if (!useful)
    {
        stop(WRONG_ARGUMENTS, "a model whose weights are all zero says nothing");
    }

    Table table(load_parameters());
    mkdir("/out/sums", 0777);
    mkdir("/out/squares", 0777);
    Ciphertext scores;
    bool begun = false;
    for (std::size_t index = 0; index < weights.size(); index++)
    {
        Ciphertext column = table.column(index);
        save(table.sum(column), numbered("sums", index));
        save(table.sum(table.squared(column)), numbered("squares", index));
        Ciphertext product;
        if (!table.weighted(column, weights[index], product))
        {
            continue;
        }
        if (begun)
        {
            table.add(scores, product);
        }
        else
        {
            scores = product;
            begun = true;
        }
    }
    table.add_everywhere(scores, bias);
    save(table.at_result_level(scores), "scores.seal");
    return 0;
}

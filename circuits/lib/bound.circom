pragma circom 2.2.0;

/*
 * Bound: ties a proof to one task of one provider.
 *
 * Public:  binding, keccak256(task id, provider, chain id, market) reduced to the scalar field. The policy computes it itself and never takes
 *          it from a proof.
 *
 * Enforced: nothing about its value; that is the verifier's part. The square only keeps the signal in a constraint, so that no compiler
 *           and no setup can drop it, and a proof made for one binding does not verify for another.
 */
template Bound() {
    signal input binding;
    signal square;
    square <== binding * binding;
}

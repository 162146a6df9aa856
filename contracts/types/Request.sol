// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title Request
/// @notice What a requester asks for: a program, its input, a price curve, a proof policy and deadlines.
/// @dev Every field is static, so the body occupies `REQUEST_WORDS` calldata words and its EIP-712 struct hash is one
/// keccak over the type hash and that slice. The chain stores no body: callers pass it back and it must hash to the task
/// id. Money is in base units, shares in basis points, trust in tenths, windows in seconds.
struct Request {
    // --- who, and once only ---
    /// Account that pays and is refunded.
    address requester;
    /// Unordered; makes otherwise equal requests distinct tasks.
    uint256 nonce;
    /// Last second of `block.timestamp` at which the request may be opened.
    uint40 expiry;
    // --- what runs ---
    /// SHA-256 of the program document.
    bytes32 program;
    /// SHA-256 of the input document.
    bytes32 input;
    /// Number of items in the bag; 1 for a single run.
    uint32 volume;
    // --- price ---
    /// Payment token; must be listed.
    address token;
    /// Price per replica (for the whole bag) at the start of a claim window.
    uint96 minPrice;
    /// Price per replica when the ramp has ended.
    uint96 maxPrice;
    /// Length of the reverse Dutch ramp; at least `claimWindow`, so that it never ends before sortition is fully open.
    uint32 rampSeconds;
    /// Paid from escrow to the caller of each of `settle`, `escalate`, `expire`.
    uint96 settlementFee;
    // --- stake ---
    /// DECO bound per replica.
    uint96 lock;
    /// Share of the lock that a dissenter loses.
    uint16 dissentBps;
    // --- vote ---
    /// Seats of a round.
    uint8 replicas;
    /// Seats over all rounds.
    uint8 maxReplicas;
    /// Share of committed weight that a result needs.
    uint16 thresholdBps;
    /// Distinct providers that must agree.
    uint8 minAgreeing;
    /// Smallest trust index that may take a seat.
    uint8 minTrust;
    /// Smallest agreeing weight that settles; 0 for none.
    uint16 minWeight;
    // --- windows ---
    uint32 claimWindow;
    uint32 commitWindow;
    uint32 revealWindow;
    uint32 challengeWindow;
    uint32 deliveryWindow;
    /// For private jobs: time to publish ciphertexts after the round fills.
    uint32 inputWindow;
    // --- panels ---
    /// Chance that an accepted task is sent to a panel unasked.
    uint16 auditBps;
    /// Price of one panel seat.
    uint96 panelPrice;
    // --- proof policy ---
    /// Zero for replicated voting.
    address policy;
    /// One word for the policy; larger data by digest.
    bytes32 policyData;
    // --- matching ---
    /// Zero for open sortition.
    address allocator;
    /// Seconds after which seats that the allocator left empty open to sortition.
    uint32 allocatorWindow;
    // --- delivery to a contract ---
    address callback;
    uint32 callbackGas;
    // --- royalties, on top of each price paid ---
    address programOwner;
    uint16 programBps;
    address dataOwner;
    uint16 dataBps;
}

/// @dev Number of 32-byte words of an ABI-encoded {Request}; proven by a test.
uint256 constant REQUEST_WORDS = 37;

/// @dev EIP-712 type string of {Request}.
bytes32 constant REQUEST_TYPEHASH = keccak256(
    "Request(address requester,uint256 nonce,uint40 expiry,bytes32 program,bytes32 input,uint32 volume,address token,uint96 minPrice,uint96 maxPrice,uint32 rampSeconds,uint96 settlementFee,uint96 lock,uint16 dissentBps,uint8 replicas,uint8 maxReplicas,uint16 thresholdBps,uint8 minAgreeing,uint8 minTrust,uint16 minWeight,uint32 claimWindow,uint32 commitWindow,uint32 revealWindow,uint32 challengeWindow,uint32 deliveryWindow,uint32 inputWindow,uint16 auditBps,uint96 panelPrice,address policy,bytes32 policyData,address allocator,uint32 allocatorWindow,address callback,uint32 callbackGas,address programOwner,uint16 programBps,address dataOwner,uint16 dataBps)"
);

/// @title RequestLib
/// @notice Hashing and derived quantities of a request.
library RequestLib {
    /// @notice EIP-712 struct hash. The ABI decoder has range-checked every field before this runs, or will when the field
    /// is read: a dirty word hashes to another id, which no task has.
    function structHash(Request calldata request) internal pure returns (bytes32 hash) {
        bytes32 typeHash = REQUEST_TYPEHASH;
        uint256 size = REQUEST_WORDS * 32;
        assembly ("memory-safe") {
            // Scratch beyond the free pointer; nothing is kept.
            let pointer := mload(0x40)
            mstore(pointer, typeHash)
            calldatacopy(add(pointer, 32), request, size)
            hash := keccak256(pointer, add(size, 32))
        }
    }

    /// @notice Rounds that the request can need: the first, then further ones until `maxReplicas` seats were taken.
    function maxRounds(Request calldata request) internal pure returns (uint256) {
        uint256 replicas = request.replicas;
        return (uint256(request.maxReplicas) + replicas - 1) / replicas;
    }

    /// @notice Escrow held from post to the end, in base units of the payment token (DESIGN: maxReplicas x maxPrice x
    /// (1 + protocol fee + royalties) + (rounds + 2) x settlement fee). The shares are rounded up once, together; what is paid of
    /// them is rounded down one by one, from sums that are not larger: the escrow always covers it.
    function escrow(Request calldata request, uint256 protocolFeeBps) internal pure returns (uint256) {
        uint256 prices = uint256(request.maxReplicas) * request.maxPrice;
        uint256 shares = feeRoundedUp(prices, protocolFeeBps + request.programBps + request.dataBps);
        return prices + shares + (maxRounds(request) + 2) * request.settlementFee;
    }

    /// @notice A share in basis points, rounded up: used where escrow must cover it.
    function feeRoundedUp(uint256 amount, uint256 bps) internal pure returns (uint256) {
        return (amount * bps + 9_999) / 10_000;
    }
}

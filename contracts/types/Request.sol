// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Royalties} from "./Royalties.sol";

/// @title Request
/// @notice What a requester asks for: a program, its input, a price curve, a proof policy and deadlines.
/// @dev Every field is static, so the request occupies `REQUEST_WORDS` calldata words. Its EIP-712 type is nested,
/// `Request(RequestBody body,SeatTerms seats)`: the last six fields are what taking a seat needs, the first 31 are the
/// body. So a claim passes the body's digest and {SeatTerms} only. The chain stores no request: callers pass it back and it
/// must hash to the task id. Money is in base units, shares in basis points, trust in tenths, windows in seconds.
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
    /// Paid from escrow to the caller of each of `settle`, `escalate`, `expire`.
    uint96 settlementFee;
    // --- stake ---
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
    /// Smallest agreeing weight that settles; 0 for none.
    uint16 minWeight;
    // --- windows ---
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
    // --- delivery to a contract ---
    address callback;
    uint32 callbackGas;
    // --- royalties, on top of each price paid ---
    address programOwner;
    uint16 programBps;
    address dataOwner;
    uint16 dataBps;
    // --- seat terms: the same fields, in the same order, as {SeatTerms} ---
    uint96 lock;
    uint8 minTrust;
    uint32 claimWindow;
    uint32 rampSeconds;
    address allocator;
    uint32 allocatorWindow;
}

/// @notice What taking a seat needs of a request: its last six words.
struct SeatTerms {
    /// DECO bound per replica.
    uint96 lock;
    /// Smallest trust index that may take a seat.
    uint8 minTrust;
    /// How long seats are drawn by sortition.
    uint32 claimWindow;
    /// Length of the reverse Dutch ramp; at least `claimWindow`, so that it never ends before sortition is fully open.
    uint32 rampSeconds;
    /// Who gives the seats; zero for open sortition from the start.
    address allocator;
    /// Seconds after the opening from which seats that the allocator left empty open to sortition.
    uint32 allocatorWindow;
}

/// @dev Number of 32-byte words of an ABI-encoded {Request}; proven by a test.
uint256 constant REQUEST_WORDS = 37;
/// @dev Words of the body: the fields before {SeatTerms}.
uint256 constant BODY_WORDS = 31;
/// @dev Position of `challengeWindow`, with which begin the fields that ordinary requests leave zero; proven by a test.
uint256 constant FIRST_EXTRA_WORD = 18;
uint256 constant SEAT_TERMS_WORDS = REQUEST_WORDS - BODY_WORDS;

/// @dev EIP-712 hash of the type `Request(RequestBody body,SeatTerms seats)` and of the two that it refers to.
bytes32 constant REQUEST_TYPEHASH = keccak256(
    "Request(RequestBody body,SeatTerms seats)RequestBody(address requester,uint256 nonce,uint40 expiry,bytes32 program,bytes32 input,uint32 volume,address token,uint96 minPrice,uint96 maxPrice,uint96 settlementFee,uint16 dissentBps,uint8 replicas,uint8 maxReplicas,uint16 thresholdBps,uint8 minAgreeing,uint16 minWeight,uint32 commitWindow,uint32 revealWindow,uint32 challengeWindow,uint32 deliveryWindow,uint32 inputWindow,uint16 auditBps,uint96 panelPrice,address policy,bytes32 policyData,address callback,uint32 callbackGas,address programOwner,uint16 programBps,address dataOwner,uint16 dataBps)SeatTerms(uint96 lock,uint8 minTrust,uint32 claimWindow,uint32 rampSeconds,address allocator,uint32 allocatorWindow)"
);
bytes32 constant BODY_TYPEHASH = keccak256(
    "RequestBody(address requester,uint256 nonce,uint40 expiry,bytes32 program,bytes32 input,uint32 volume,address token,uint96 minPrice,uint96 maxPrice,uint96 settlementFee,uint16 dissentBps,uint8 replicas,uint8 maxReplicas,uint16 thresholdBps,uint8 minAgreeing,uint16 minWeight,uint32 commitWindow,uint32 revealWindow,uint32 challengeWindow,uint32 deliveryWindow,uint32 inputWindow,uint16 auditBps,uint96 panelPrice,address policy,bytes32 policyData,address callback,uint32 callbackGas,address programOwner,uint16 programBps,address dataOwner,uint16 dataBps)"
);
bytes32 constant SEAT_TERMS_TYPEHASH = keccak256(
    "SeatTerms(uint96 lock,uint8 minTrust,uint32 claimWindow,uint32 rampSeconds,address allocator,uint32 allocatorWindow)"
);

/// @title SeatTermsLib
/// @notice Hash of seat terms, and when seats are claimed: the one place that knows the allocator's head start.
library SeatTermsLib {
    /// @notice EIP-712 struct hash.
    function structHash(SeatTerms calldata terms) internal pure returns (bytes32 hash) {
        bytes32 typeHash = SEAT_TERMS_TYPEHASH;
        uint256 size = SEAT_TERMS_WORDS * 32;
        assembly ("memory-safe") {
            // Scratch beyond the free pointer; nothing is kept.
            let pointer := mload(0x40)
            mstore(pointer, typeHash)
            calldatacopy(add(pointer, 32), terms, size)
            hash := keccak256(pointer, add(size, 32))
        }
    }

    /// @notice When the claim window of a round begins: at its opening, or when the allocator's time is over.
    function claimsOpenAt(SeatTerms calldata terms, uint256 openedAt) internal pure returns (uint256) {
        return terms.allocator == address(0) ? openedAt : openedAt + terms.allocatorWindow;
    }

    /// @notice Last second of that window.
    function claimsCloseAt(SeatTerms calldata terms, uint256 openedAt) internal pure returns (uint256) {
        return claimsOpenAt(terms, openedAt) + terms.claimWindow;
    }
}

/// @title RequestLib
/// @notice Hashing and derived quantities of a request.
library RequestLib {
    /// @notice EIP-712 struct hash. The ABI decoder has range-checked every field before this runs, or will when the field
    /// is read: a dirty word hashes to another id, which no task has.
    function structHash(Request calldata request) internal pure returns (bytes32) {
        return structHash(bodyHash(request), SeatTermsLib.structHash(seats(request)));
    }

    /// @notice {structHash} from the hashes of the two parts.
    function structHash(bytes32 body, bytes32 seatsHash) internal pure returns (bytes32) {
        return keccak256(abi.encode(REQUEST_TYPEHASH, body, seatsHash));
    }

    /// @notice EIP-712 struct hash of the body.
    function bodyHash(Request calldata request) internal pure returns (bytes32 hash) {
        bytes32 typeHash = BODY_TYPEHASH;
        uint256 size = BODY_WORDS * 32;
        assembly ("memory-safe") {
            // Scratch beyond the free pointer; nothing is kept.
            let pointer := mload(0x40)
            mstore(pointer, typeHash)
            calldatacopy(add(pointer, 32), request, size)
            hash := keccak256(pointer, add(size, 32))
        }
    }

    /// @notice The request's last six words.
    function seats(Request calldata request) internal pure returns (SeatTerms calldata terms) {
        uint256 offset = BODY_WORDS * 32;
        assembly ("memory-safe") {
            terms := add(request, offset)
        }
    }

    /// @notice The four words of the body's end.
    function royalties(Request calldata request) internal pure returns (Royalties calldata shares) {
        uint256 offset = (BODY_WORDS - 4) * 32;
        assembly ("memory-safe") {
            shares := add(request, offset)
        }
    }

    /// @notice Whether it asks for nothing beyond a vote and its payment: the words from `challengeWindow` to `dataBps` are zero,
    /// dirty bits included, so that a caller may skip what looks at each of them.
    function plain(Request calldata request) internal pure returns (bool) {
        uint256 extras;
        uint256 from = FIRST_EXTRA_WORD * 32;
        uint256 to = BODY_WORDS * 32;
        assembly ("memory-safe") {
            for { let at := add(request, from) } lt(at, add(request, to)) { at := add(at, 0x20) } {
                extras := or(extras, calldataload(at))
            }
        }
        return extras == 0;
    }

    /// @notice Rounds that the request can need: the first, then further ones until `maxReplicas` seats were taken.
    function maxRounds(Request calldata request) internal pure returns (uint256) {
        uint256 replicas = request.replicas;
        // A task that is proven without a seat is one round long.
        return replicas == 0 ? 1 : (uint256(request.maxReplicas) + replicas - 1) / replicas;
    }

    /// @notice Escrow held from post to the end, in base units of the payment token (DESIGN: maxReplicas x maxPrice x
    /// (1 + protocol fee + royalties) + (rounds + 2) x settlement fee). The shares are rounded up once, together; what is paid of
    /// them is rounded down one by one, from sums that are not larger: the escrow always covers it.
    function escrow(Request calldata request, uint256 protocolFeeBps) internal pure returns (uint256) {
        uint256 paid = request.maxReplicas == 0 ? 1 : request.maxReplicas;
        // Amounts have 96 bits, counts 8, shares 16: no sum or product here comes near 256.
        unchecked {
            uint256 prices = paid * request.maxPrice;
            uint256 bps = protocolFeeBps + request.programBps + request.dataBps;
            // Rounded up: the escrow must cover it.
            uint256 shares = (prices * bps + 9_999) / 10_000;
            return prices + shares + (maxRounds(request) + 2) * request.settlementFee;
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {
    BODY_TYPEHASH,
    FIRST_EXTRA_WORD,
    REQUEST_TYPEHASH,
    REQUEST_WORDS,
    Request,
    RequestLib,
    SEAT_TERMS_TYPEHASH,
    SEAT_TERMS_WORDS
} from "../../../contracts/types/Request.sol";
import {MarketFixture} from "../MarketFixture.sol";

contract RequestTest is MarketFixture {
    function plain(Request calldata request) external pure returns (bool) {
        return RequestLib.plain(request);
    }

    /// @dev Each of the 13 fields from `challengeWindow` to `dataBps` makes a request no plain one; no other field does.
    function test_PlainRequestsLeaveTheExtrasZero() public {
        Request memory request = _request();
        isTrue(this.plain(request), "plain");
        for (uint256 word = 0; word < REQUEST_WORDS; ++word) {
            bytes memory data = abi.encodeCall(this.plain, (request));
            data[4 + 32 * word + 31] = bytes1(uint8(data[4 + 32 * word + 31]) ^ 1);
            (bool done, bytes memory answer) = address(this).staticcall(data);
            bool extra = word >= FIRST_EXTRA_WORD && word < FIRST_EXTRA_WORD + 13;
            isTrue(done && abi.decode(answer, (bool)) != extra, "word");
        }
        Request memory last = _request();
        (last.challengeWindow, last.dataBps) = (1, 0);
        isTrue(!this.plain(last), "challengeWindow");
        (last.challengeWindow, last.dataBps) = (0, 1);
        isTrue(!this.plain(last), "dataBps");
    }

    function test_BodyIs37WordsWithoutOffsets() public {
        Request memory request = _request();
        bytes memory body = abi.encode(request);
        eq(body.length, REQUEST_WORDS * 32, "words");
        bytes32 first;
        assembly ("memory-safe") {
            first := mload(add(body, 32))
        }
        eq(first, bytes32(uint256(uint160(request.requester))), "the first word is the first field, not an offset");
    }

    /// @dev The hash over calldata is EIP-712's over the fields, for any values.
    function testFuzz_TaskIdIsTheEip712Hash(Request memory request) public view {
        bytes32 seats = keccak256(bytes.concat(SEAT_TERMS_TYPEHASH, abi.encode(_seatTerms(request))));
        bytes32 structHash = keccak256(abi.encode(REQUEST_TYPEHASH, _bodyHash(request), seats));
        bytes32 expected = keccak256(abi.encodePacked(hex"1901", market.domainSeparator(), structHash));
        eq(market.hashRequest(request), expected, "task id");
    }

    function test_DomainBindsChainAndMarket() public view {
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256("Deco"),
                keccak256("1"),
                block.chainid,
                address(market)
            )
        );
        eq(market.domainSeparator(), domain, "domain");
    }

    /// @dev The seat terms are the last six words of the request.
    function testFuzz_SeatTermsEndTheRequest(Request memory request) public pure {
        bytes memory whole = abi.encode(request);
        bytes memory terms = abi.encode(_seatTerms(request));
        eq(terms.length, SEAT_TERMS_WORDS * 32, "words");
        for (uint256 i = 0; i < SEAT_TERMS_WORDS; ++i) {
            bytes32 last;
            bytes32 own;
            assembly ("memory-safe") {
                last := mload(add(whole, mul(add(32, i), 32)))
                own := mload(add(terms, mul(add(1, i), 32)))
            }
            eq(own, last, "word");
        }
    }

    /// @dev The type strings name every field of the structs, in order: 31 and 6 of them.
    function test_TypeHashes() public pure {
        string memory body =
            "RequestBody(address requester,uint256 nonce,uint40 expiry,bytes32 program,bytes32 input,uint32 volume,address token,uint96 minPrice,uint96 maxPrice,uint96 settlementFee,uint16 dissentBps,uint8 replicas,uint8 maxReplicas,uint16 thresholdBps,uint8 minAgreeing,uint16 minWeight,uint32 commitWindow,uint32 revealWindow,uint32 challengeWindow,uint32 deliveryWindow,uint32 inputWindow,uint16 auditBps,uint96 panelPrice,address policy,bytes32 policyData,address callback,uint32 callbackGas,address programOwner,uint16 programBps,address dataOwner,uint16 dataBps)";
        string memory seats =
            "SeatTerms(uint96 lock,uint8 minTrust,uint32 claimWindow,uint32 rampSeconds,address allocator,uint32 allocatorWindow)";
        string memory request = "Request(RequestBody body,SeatTerms seats)";
        eq(BODY_TYPEHASH, keccak256(bytes(body)), "body");
        eq(SEAT_TERMS_TYPEHASH, keccak256(bytes(seats)), "seat terms");
        eq(REQUEST_TYPEHASH, keccak256(bytes(string.concat(request, body, seats))), "request");
    }
}

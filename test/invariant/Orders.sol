// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {HostilePolicy} from "../../contracts/mocks/HostilePolicy.sol";
import {Opening} from "../../contracts/types/Opening.sol";
import {Request} from "../../contracts/types/Request.sol";
import {Orders as OrderOf} from "../contracts/support/Orders.sol";
import {Keys} from "../contracts/support/Wallets.sol";
import {Consents} from "./Consents.sol";

/// @title Orders
/// @notice Who fills signed orders by a proof, and who takes them back. Nothing of an order lives between two moves but its nonce.
abstract contract Orders is Consents {
    /// @dev Words of nonces that requesters use: few, so that nonces meet.
    uint256 private constant POSITIONS = 3;

    mapping(address requester => mapping(uint256 position => uint256 bits)) private _usedNonces;

    function order(uint256 seed) external {
        _seldom(seed, 2);
        Request memory request = _randomOrder(seed);
        _prepay(request);
        uint32 prover = uint32((seed >> 8) % _memberCount) + 1;
        if (_isUsed(request)) _refuseUsed(request, prover);
        else if ((seed >> 16) % 8 == 0) _takeBack(request, seed >> 24);
        else if ((seed >> 16) % 8 == 1) _refuseUnproven(request, prover, seed >> 24);
        else _fill(request, prover);
        _compareNonces(request);
    }

    function _randomOrder(uint256 seed) internal view returns (Request memory request) {
        request.requester = _requester(seed);
        request.nonce = (seed >> 32) % (256 * POSITIONS);
        request.expiry = uint40(block.timestamp);
        (request.program, request.input) = (keccak256("program"), bytes32(seed));
        request.volume = (seed >> 48) % 3 == 0 ? VOLUME : 1;
        request.token = (seed >> 56) % 3 == 0 ? address(deco) : address(token);
        request.minPrice = uint96((seed >> 64) % 4_000_000);
        request.maxPrice = request.minPrice;
        (request.policy, request.policyData) = (address(_instant), bytes32(uint256(uint160(_proofSigner))));
        if ((seed >> 96) % 2 == 0) {
            (request.programOwner, request.programBps) = (AUTHOR, uint16(1 + (seed >> 104) % 5_000));
        }
        if ((seed >> 120) % 2 == 0) {
            (request.dataOwner, request.dataBps) = (COLLECTOR, uint16(1 + (seed >> 128) % 5_000));
        }
    }

    // --- moves ---

    function _fill(Request memory request, uint32 prover) private {
        try this.proveOrder(request, prover, prover) {}
        catch {
            revert("rule 2: an order was refused");
        }
        _useNonce(request);
        uint256 bps = parameters.taskParameters(parameters.version()).protocolFeeBps;
        _payOut(request, _currentTreasury, bps);
        _payOut(request, request.programOwner, request.programBps);
        _payOut(request, request.dataOwner, request.dataBps);
        _balances[request.token][request.requester] -= request.minPrice;
        _earnings[request.token][prover] += request.minPrice;
        if (market.earningsOf(request.token, prover) != _earnings[request.token][prover]) {
            revert("rule 3: an order does not pay its price");
        }
        _compareBalance(request.token, request.requester, "rule 1: an order costs another sum than it pays");
        _compareBalance(request.token, _currentTreasury, "rule 6: an order's protocol fee is not that of now");
    }

    function _takeBack(Request memory request, uint256 seed) private {
        _as(request.requester);
        if (seed % 2 == 0) {
            market.cancelRequest(request);
            _useNonce(request);
        } else {
            uint256 mask = (1 << (request.nonce % 256)) | ((seed >> 8) & (seed >> 16));
            market.cancelOrders(uint248(request.nonce / 256), mask);
            _usedNonces[request.requester][request.nonce / 256] |= mask;
        }
        _refuseUsed(request, 1);
    }

    function _refuseUsed(Request memory request, uint32 prover) private {
        try this.proveOrder(request, prover, prover) {
            revert("rule 3: an order was filled twice, or after it was taken back");
        } catch (bytes memory reason) {
            if (bytes4(reason) != NonceUsed.selector) revert("rule 3: refused by another error");
        }
    }

    /// @dev Another's proof, and none at all with a hostile policy to judge it.
    function _refuseUnproven(Request memory request, uint32 prover, uint256 seed) private {
        if (seed % 2 == 0) {
            request.policy = address(_hostile);
            _hostile.set(HostilePolicy.Mood((seed >> 8) % 6));
        }
        try this.proveOrder(request, prover, prover % _memberCount + 1) {
            revert("rule 3: an order was paid for another's proof");
        } catch (bytes memory reason) {
            if (bytes4(reason) != ProofRefused.selector) revert("rule 2: a proof was refused by another error");
        }
    }

    /// @dev By another frame, so that what it reverts with can be looked at; `author` made the proof.
    function proveOrder(Request memory request, uint32 prover, uint32 author) external {
        bytes32 taskId = market.hashRequest(request);
        bool bag = request.volume > 1;
        Opening memory opening = Opening({digest: RIGHT, root: bag ? WRONG : bytes32(0), document: ""});
        bytes32 result = bag ? keccak256(abi.encode(WRONG, RIGHT)) : RIGHT;
        bytes memory proof = Keys.sign(PROOF_KEY, _instant.digestOf(taskId, author, result));
        bytes memory signature = _signOf(request, taskId);
        _as(_members[prover].operator);
        market.proveOrder(OrderOf.from(request), signature, opening, proof);
    }

    // --- the model ---

    function _payOut(Request memory request, address to, uint256 bps) private {
        uint256 amount = _share(request.minPrice, bps);
        _balances[request.token][request.requester] -= amount;
        _balances[request.token][to] += amount;
    }

    function _isUsed(Request memory request) internal view returns (bool) {
        return _usedNonces[request.requester][request.nonce / 256] >> (request.nonce % 256) & 1 == 1;
    }

    function _useNonce(Request memory request) internal {
        _usedNonces[request.requester][request.nonce / 256] |= 1 << (request.nonce % 256);
    }

    /// @dev Of all requesters: nobody uses another's.
    function _compareNonces(Request memory request) private view {
        for (uint256 i = 0; i < 3; ++i) {
            uint256 position = request.nonce / 256;
            if (market.orderNonces(_requesters[i], uint248(position)) != _usedNonces[_requesters[i]][position]) {
                revert("rule 3: nonces are used that no move used");
            }
        }
    }
}

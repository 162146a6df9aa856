// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {TaskParameters} from "../../contracts/types/Parameters.sol";
import {Request} from "../../contracts/types/Request.sol";
import {TaskStatus} from "../../contracts/types/Task.sol";
import {Endings} from "./Endings.sol";

/// @title Requests
/// @notice What requesters do. A move that is not possible now is discarded and not counted; one that is must succeed.
abstract contract Requests is Endings {
    function post(uint256 seed) external {
        if (_live.length == MAX_LIVE) _skip();
        Request memory request = _random(seed);
        _as(request.requester);
        _opened(market.post(request), request);
    }

    function cancel(uint256 seed) external {
        // Rarely, else nothing ever runs.
        if (seed % 8 != 0) _skip();
        bytes32 taskId = _find(_live, seed >> 8, _cancellable);
        if (taskId == 0) _skip();
        address requester = _bodies[taskId].requester;
        _as(requester);
        market.cancel(_bodies[taskId]);
        _spendEscrow(taskId, requester, _escrows[taskId]);
        _compareBalance(_bodies[taskId].token, requester, "rule 1: a cancelled escrow did not return");
        _forget(taskId);
    }

    function moveMoney(uint256 seed) external {
        _seldom(seed, 8);
        address account = _requester(seed);
        address paid = seed & 8 == 0 ? address(token) : address(deco);
        uint256 amount = (seed >> 16) % 1_000_000 + 1;
        if (seed & 16 == 0) {
            _deposit(paid, account, amount);
            return;
        }
        uint256 held = _balances[paid][account];
        if (held == 0) _skip();
        if (amount > held) amount = held;
        _as(account);
        market.withdraw(paid, amount, account);
        _balances[paid][account] -= amount;
        _held[paid] -= amount;
    }

    function _deposit(address paid, address account, uint256 amount) internal {
        _as(account);
        market.deposit(paid, amount);
        _balances[paid][account] += amount;
        _held[paid] += amount;
    }

    function _cancellable(bytes32 taskId) private view returns (bool) {
        return _votes[taskId].seats == 0 && _bodies[taskId].replicas != 0 && _votes[taskId].status == TaskStatus.Open;
    }

    /// @dev Remembers a task as it was opened.
    function _opened(bytes32 taskId, Request memory request) internal {
        _live.push(taskId);
        _bodies[taskId] = request;
        _bodyHashes[taskId] = _bodyHash(request);
        uint16 version = parameters.version();
        _wordAtPost[taskId] = parameters.taskWord(version);
        _unbondAtPost[taskId] = parameters.postParameters().unbond;
        _rateAtPost[taskId] = parameters.tokenParameters(request.token).lockRate;
        _openVote(taskId, request.replicas, version);
        _rememberResults(taskId);

        uint256 escrow = _escrowOf(taskId);
        _escrows[taskId] = escrow;
        _entrust(request.token, request.requester, escrow);
        uint256 fee = uint256(_terms(taskId).postingFee) * 1e15;
        _debit(address(deco), request.requester, fee);
        _burnable += fee;
    }

    /// @dev Highest prices of all seats, what is added to them, fees of every call, and the panels of an audit.
    function _escrowOf(bytes32 taskId) private view returns (uint256) {
        Request storage request = _bodies[taskId];
        bool seatless = request.replicas == 0;
        uint256 prices = (seatless ? 1 : uint256(request.maxReplicas)) * request.maxPrice;
        uint256 rounds = seatless ? 1 : (uint256(request.maxReplicas) + request.replicas - 1) / request.replicas;
        uint256 bps = uint256(_terms(taskId).protocolFeeBps) + request.programBps + request.dataBps;
        uint256 audit = request.auditBps == 0 ? 0 : _panelCost(taskId, 1);
        return prices + (prices * bps + 9_999) / 10_000 + (rounds + 2) * request.settlementFee + audit;
    }

    /// @dev What panels from `level` on can cost.
    function _panelCost(bytes32 taskId, uint256 level) internal view returns (uint256) {
        TaskParameters memory terms = _terms(taskId);
        Request storage request = _bodies[taskId];
        uint256 wide = uint256(terms.widePanelSeats) * request.panelPrice + request.settlementFee;
        return level == 2 ? wide : wide + uint256(terms.panelSeats) * request.panelPrice + request.settlementFee;
    }

    // --- requests of all shapes ---

    function _random(uint256 seed) internal returns (Request memory request) {
        request = _request();
        request.requester = _requester(seed);
        uint8 replicas = (seed >> 8) % 4 == 0 ? 1 : uint8((seed >> 10) % 2) + 2;
        request.replicas = replicas;
        request.maxReplicas = replicas + uint8((seed >> 16) % 3);
        request.minAgreeing = request.maxReplicas < 2 ? 1 : uint8((seed >> 24) % 2) + 1;
        request.thresholdBps = (seed >> 32) % 2 == 0 ? 5_001 : uint16(6_000 + ((seed >> 40) % 1_501));
        request.minWeight = (seed >> 48) % 4 == 0 ? uint16(request.maxReplicas) * 7 : 0;
        request.volume = (seed >> 56) % 3 == 0 ? VOLUME : 1;
        request.lock = uint96(40 ether + (seed >> 64) % 160 ether);
        uint256 floor = parameters.taskParameters(parameters.version()).noShowBps;
        request.dissentBps = uint16(floor + (seed >> 128) % (10_001 - floor));
        request.claimWindow = 600;
        request.rampSeconds = 600 + uint32((seed >> 144) % 600);
        _addMoney(request, seed);
        uint256 shape = (seed >> 224) % 8;
        if (shape < 3) _addWindows(request, seed >> 232);
        else if (shape == 3) (request.allocator, request.allocatorWindow) = (_allocators[seed % 2], 200);
        else if (shape < 6) _addPolicy(request, seed >> 232);
    }

    function _addMoney(Request memory request, uint256 seed) private view {
        if ((seed >> 192) % 3 == 0) {
            (request.programOwner, request.programBps) = (AUTHOR, uint16(1 + (seed >> 200) % 5_000));
        }
        if ((seed >> 196) % 3 == 0) {
            (request.dataOwner, request.dataBps) = (COLLECTOR, uint16(1 + (seed >> 216) % 5_000));
        }
        if ((seed >> 208) % 2 == 0) (request.callback, request.callbackGas) = (address(_receiver), 300_000);
        if ((seed >> 160) % 3 == 0) {
            request.token = address(deco);
            request.minPrice = uint96((seed >> 168) % 2 ether);
            request.maxPrice = request.minPrice + uint96((seed >> 176) % 3 ether);
            request.settlementFee = uint96(2e16 + (seed >> 184) % 1e16);
        } else {
            request.minPrice = uint96((seed >> 168) % 2_000_000);
            request.maxPrice = request.minPrice + uint96((seed >> 176) % 2_000_000);
            request.settlementFee = uint96(50_000 + (seed >> 184) % 50_000);
        }
    }

    /// @dev Results that are final only after a window, where there are judges enough. Liars' stake always covers the panels.
    function _addWindows(Request memory request, uint256 seed) private view {
        if (_activeMembers() < uint256(request.maxReplicas) + 10) return;
        request.challengeWindow = seed % 8 == 0 ? 0 : 400 + uint32((seed >> 3) % 400);
        request.deliveryWindow = (seed >> 11) % 2 == 0 ? 0 : 300 + uint32((seed >> 12) % 500);
        request.auditBps = (seed >> 20) % 2 == 0 ? 0 : 1_000;
        if (uint256(request.challengeWindow) | request.deliveryWindow | request.auditBps == 0) return;
        if (request.lock < 60 ether) request.lock = 60 ether;
        if (request.dissentBps < 5_000) request.dissentBps = 5_000;
        _pricePanels(request, 1 + (seed >> 24) % 95);
    }

    /// @dev Panels that cost `percent` of what liars stake at least, so that bounties meet their bounds; none where no price is left.
    function _pricePanels(Request memory request, uint256 percent) private view {
        uint256 rate = parameters.tokenParameters(request.token).lockRate;
        TaskParameters memory terms = parameters.taskParameters(parameters.version());
        uint256 staked = request.minAgreeing * _share(request.lock, request.dissentBps) * percent / 100;
        uint256 seats = uint256(terms.panelSeats) + terms.widePanelSeats;
        uint256 price = rate == 0 ? 100_000 : staked * 1e18 / rate / seats;
        uint256 fees = 2 * uint256(request.settlementFee) / seats + 1;
        if (price <= fees) {
            (request.challengeWindow, request.deliveryWindow, request.auditBps) = (0, 0, 0);
            return;
        }
        price -= fees;
        request.panelPrice = uint96(request.token == address(deco) || price < 1e9 ? price : 1e9);
    }

    /// @dev One seat that proves or is judged; or none, and the first proof wins.
    function _addPolicy(Request memory request, uint256 seed) internal view {
        (request.replicas, request.maxReplicas, request.minAgreeing, request.minWeight) = (1, 1, 1, 0);
        if (seed % 4 == 0) {
            (request.policy, request.policyData) = (address(_judge), bytes32(uint256(uint160(EVALUATOR))));
            return;
        }
        (request.policy, request.policyData) = (address(_instant), bytes32(uint256(uint160(_proofSigner))));
        if (seed % 8 == 1) request.policy = address(_hostile);
        if (seed % 4 == 2) (request.replicas, request.maxReplicas) = (0, 0);
    }
}

// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {HostileReceiver} from "../../contracts/mocks/HostileReceiver.sol";
import {TaskParameters, TaskParametersLib} from "../../contracts/types/Parameters.sol";
import {Request} from "../../contracts/types/Request.sol";
import {Seat, SeatStatus} from "../../contracts/types/Seat.sol";
import {Task, TaskStatus} from "../../contracts/types/Task.sol";
import {MarketFixture} from "../contracts/MarketFixture.sol";
import {Defaults} from "../contracts/support/Defaults.sol";
import {VM} from "../contracts/support/Vm.sol";

/// @notice How a provider behaves.
enum Kind {
    Honest,
    Liars,
    NoShows,
    Withholders,
    Abstainers,
    Decliners
}

/// @title World
/// @notice A market with its people, and what the rules need to remember about it.
/// @dev A broken rule reverts with a string, "rule N: what", since forge prints those of every contract.
abstract contract World is MarketFixture {
    uint256 internal constant MAX_LIVE = 8;
    uint32 internal constant FIRST_PROVIDERS = 12;
    uint32 internal constant MAX_PROVIDERS = 14;
    address internal constant TREASURY_2 = address(0x7ea2);
    address internal constant AUTHOR = address(0xa07);
    address internal constant COLLECTOR = address(0xda7a);

    bytes32[] internal _live;
    mapping(bytes32 taskId => Request) internal _bodies;
    /// @dev Packed parameters of the post.
    mapping(bytes32 taskId => uint256) internal _wordAtPost;
    mapping(bytes32 taskId => uint256) internal _unbondAtPost;
    mapping(bytes32 taskId => mapping(uint32 provider => bytes32)) internal _voted;
    mapping(bytes32 taskId => mapping(uint32 provider => bool)) internal _ended;
    mapping(uint32 provider => uint8) internal _trust;
    mapping(uint32 provider => uint16) internal _debt;
    mapping(uint32 provider => uint32) internal _raisedEpoch;
    /// @dev Tokens sent to the market by no call of it.
    mapping(address token => uint256) internal _donated;
    address[] internal _accounts;
    /// @dev A contract that results are delivered to, and settled tasks whose results it has not taken.
    HostileReceiver internal _receiver;
    bytes32[] internal _undelivered;
    address internal _currentTreasury;

    function setUp() public virtual override {
        super.setUp();
        _currentTreasury = TREASURY;
        parameters.setParameters(_baseTerms(), Defaults.post());
        _accounts.push(RELAYER);
        _accounts.push(STRANGER);
        _accounts.push(TREASURY);
        _accounts.push(TREASURY_2);
        _accounts.push(AUTHOR);
        _accounts.push(COLLECTOR);
        for (uint256 i = 0; i < 3; ++i) {
            _fund(_requester(i));
            _accounts.push(_requester(i));
        }
        _fund(STRANGER);
        _receiver = new HostileReceiver();
        _accounts.push(address(_receiver));
        for (uint32 id = 1; id <= FIRST_PROVIDERS; ++id) {
            _join();
        }
        _later(10);
    }

    /// @dev A long epoch, so that providers succeed more than once in it.
    function _baseTerms() internal pure returns (TaskParameters memory terms) {
        terms = Defaults.task();
        terms.epoch = 1 days;
    }

    // --- people ---

    function _requester(uint256 seed) internal pure returns (address) {
        return address(uint160(0x300000 + seed % 3));
    }

    function _heir(uint32 provider) internal pure returns (address) {
        return address(uint160(0x400000 + provider));
    }

    /// @dev Five honest ones, two liars, two that stay away, one of each other kind; late comers are honest.
    function _kind(uint32 provider) internal pure returns (Kind) {
        if (provider <= 5 || provider > FIRST_PROVIDERS) return Kind.Honest;
        if (provider <= 7) return Kind.Liars;
        if (provider <= 9) return Kind.NoShows;
        if (provider == 10) return Kind.Withholders;
        return provider == 11 ? Kind.Abstainers : Kind.Decliners;
    }

    function _ofKind(Kind kind, uint256 seed) internal view returns (uint32 provider) {
        uint32 count = market.providerCount();
        provider = uint32(seed % count) + 1;
        for (uint256 i = 0; i < count && _kind(provider) != kind; ++i) {
            provider = provider % count + 1;
        }
    }

    function _join() internal returns (uint32 provider) {
        provider = _provider(3_000 ether);
        _fund(_heir(provider));
        _accounts.push(_owner(provider));
        _accounts.push(_heir(provider));
        _trust[provider] = _work(provider).trust;
    }

    /// @dev Discards the call: forge counts it apart.
    function _skip() internal pure {
        VM.assume(false);
    }

    /// @dev What is always possible is done one time in `times`, else it would be most of a run.
    function _seldom(uint256 seed, uint256 times) internal pure {
        if (uint256(keccak256(abi.encode(seed))) % times != 0) _skip();
    }

    // --- tasks ---

    function _forget(bytes32 taskId) internal {
        for (uint256 i = 0; i < _live.length; ++i) {
            if (_live[i] != taskId) continue;
            _live[i] = _live[_live.length - 1];
            _live.pop();
            return;
        }
    }

    /// @dev A live task that fits, searched from a random place; zero when there is none.
    function _find(uint256 seed, function(bytes32) internal view returns (bool) fits) internal view returns (bytes32) {
        uint256 count = _live.length;
        for (uint256 i = 0; i < count; ++i) {
            bytes32 taskId = _live[(seed % count + i) % count];
            if (fits(taskId)) return taskId;
        }
        return 0;
    }

    function _terms(bytes32 taskId) internal view returns (TaskParameters memory) {
        return TaskParametersLib.unpack(_wordAtPost[taskId]);
    }

    /// @dev Every seat that counts, by ascending id.
    function _roster(bytes32 taskId) internal view returns (uint32[] memory roster, Seat[] memory seats) {
        uint32 count = market.providerCount();
        roster = new uint32[](count);
        seats = new Seat[](count);
        uint256 length;
        for (uint32 id = 1; id <= count; ++id) {
            Seat memory seat = market.getSeat(taskId, id);
            if (seat.status == SeatStatus.None || seat.status == SeatStatus.Declined) continue;
            roster[length] = id;
            seats[length++] = seat;
        }
        assembly ("memory-safe") {
            mstore(roster, length)
            mstore(seats, length)
        }
    }

    /// @dev When reveals of the round opened; zero while commits are possible or seats are missing.
    function _revealsFrom(bytes32 taskId) internal view returns (uint256) {
        Task memory task = market.getTask(taskId);
        if (task.status == TaskStatus.Revealing) return task.phaseAt;
        uint256 end = uint256(task.phaseAt) + task.commitWindow;
        return task.status == TaskStatus.Executing && block.timestamp > end ? end : 0;
    }

    function _claimable(bytes32 taskId) internal view returns (bool) {
        Task memory task = market.getTask(taskId);
        return task.status == TaskStatus.Open && block.timestamp <= task.openedAt + _bodies[taskId].claimWindow;
    }

    function _revealable(bytes32 taskId) internal view returns (bool) {
        uint256 from = _revealsFrom(taskId);
        Task memory task = market.getTask(taskId);
        return from != 0 && block.timestamp <= from + task.revealWindow && task.revealed < task.committed;
    }

    function _settleable(bytes32 taskId) internal view returns (bool) {
        uint256 from = _revealsFrom(taskId);
        if (from == 0) return false;
        Task memory task = market.getTask(taskId);
        return task.revealed == task.committed || block.timestamp > from + task.revealWindow;
    }

    function _failed(bytes32 taskId) internal view returns (bool) {
        uint256 from = _revealsFrom(taskId);
        if (from == 0) return false;
        Task memory task = market.getTask(taskId);
        return task.committed == 0 || block.timestamp > from + task.revealWindow + _terms(taskId).settleWindow;
    }

    function _escalatable(bytes32 taskId) internal view returns (bool) {
        if (!_failed(taskId)) return false;
        Task memory task = market.getTask(taskId);
        Request storage request = _bodies[taskId];
        if (task.seats >= request.maxReplicas || task.round == 15 || task.reasons & 0x2aaa != 0) return false;
        return block.timestamp - task.postedAt + _roundSeconds(taskId) < 2 ** 20;
    }

    function _expirable(bytes32 taskId) internal view returns (bool) {
        Task memory task = market.getTask(taskId);
        if (task.status == TaskStatus.Open) {
            return block.timestamp > uint256(task.openedAt) + _bodies[taskId].claimWindow;
        }
        return _failed(taskId) && !_escalatable(taskId);
    }

    function _roundSeconds(bytes32 taskId) internal view returns (uint256) {
        Request storage request = _bodies[taskId];
        return
            2 * uint256(request.claimWindow) + request.commitWindow + request.revealWindow + _terms(taskId).settleWindow;
    }

    /// @dev Results that the liars and the others vote for; a bag's is made of root and manifest.
    function _result(bytes32 taskId, bool right) internal view returns (bytes32) {
        bytes32 digest = _digest(taskId, right);
        return _bodies[taskId].volume > 1 ? keccak256(abi.encode(_root(taskId), digest)) : digest;
    }

    function _digest(bytes32 taskId, bool right) internal pure returns (bytes32) {
        return keccak256(abi.encode(right ? RIGHT : WRONG, taskId));
    }

    function _root(bytes32 taskId) internal pure returns (bytes32) {
        return keccak256(abi.encode("root", taskId));
    }
}

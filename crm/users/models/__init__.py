"""People, units, teams, roles, shares, and the abstract models with an owner."""

from crm.users.depth import Depth
from crm.users.models.notifications import MutedKind, Notification, NotificationKind
from crm.users.models.organisation_units import BusinessUnit, Team, TeamMembership, Territory
from crm.users.models.owned import LiveManager, OrganisationModel, OwnedModel, branch_indexes
from crm.users.models.recents import Recent
from crm.users.models.roles import Role, RolePrivilege
from crm.users.models.saved_views import SavedView, SavedViewTeam, ViewDefault, ViewPin
from crm.users.models.sessions import IdempotencyKey, Session, SetupToken
from crm.users.models.sharing import Share
from crm.users.models.user import User, UserManager, UserRole

__all__ = [
    "BusinessUnit",
    "Depth",
    "IdempotencyKey",
    "LiveManager",
    "MutedKind",
    "Notification",
    "NotificationKind",
    "OrganisationModel",
    "OwnedModel",
    "Recent",
    "Role",
    "RolePrivilege",
    "SavedView",
    "SavedViewTeam",
    "Session",
    "SetupToken",
    "Share",
    "Team",
    "TeamMembership",
    "Territory",
    "User",
    "UserManager",
    "UserRole",
    "ViewDefault",
    "ViewPin",
    "branch_indexes",
]
